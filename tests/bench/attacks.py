"""The hostile class against stock graders in their local modes: `python -m tests.bench.attacks [nbgrader] [otter]`.

Each grader gets an environment of its own (pip install, so this needs the network once), one assignment with the
hidden checks that it would have there, and the attacks of `tests/hostile/corpus` that do no harm to a machine without a
sandbox: no fork bombs, no filled disks, no signals, no files outside. Each attack is one submission, graded alone.
The table goes to standard output as Markdown; `docs/attacks.md` keeps the last one.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_raw_cell

from tests.hostile.corpus import RIGHT, Attack, attacks

PINS = {"nbgrader": "nbgrader==0.9.6", "otter": "otter-grader==7.0.0"}
LIMIT_S = 90
CELL_S = 10
CANARY = "CANARY_HIDDEN_TEST"
HARMLESS_BY_NAME = {
    "harm-endless-loop-in-cell", "harm-endless-loop-in-function", "harm-sleeping", "harm-exit-in-cell",
    "harm-exit-in-function", "harm-abort", "harm-segmentation-fault", "harm-recursion", "harm-stdin-waited-for",
    "harm-sigint-ignored",
}  # fmt: skip
UNSAFE_READING = {"reading-parent-memory", "reading-other-submissions"}
HIDDEN = f"""
secret = "{CANARY}"
import numpy as np
for size, kernel, stride, padding, right in [(7, 3, 1, 0, 5), (7, 3, 2, 0, 3), (32, 5, 1, 2, 32), (227, 11, 4, 0, 55)]:
    assert np.allclose(output_size(size, kernel, stride, padding), right)
    assert output_size(size, kernel, stride, padding) == right
"""


@dataclass(frozen=True)
class Verdict:
    """What a grader made of one attack. ``score`` is None where it gave none; ``read`` says whether lines of the hidden
    tests stand in what goes back to students (for nbgrader, outputs of the graded notebook, which its feedback shows).
    """

    score: float | None
    read: bool

    def words(self, deserved: bool) -> str:
        if self.score is None:
            text = "no score"
        elif self.score > 0 and not deserved:
            text = "**points without an answer**"
        else:
            text = "as deserved"
        return text + (", **hidden tests shown**" if self.read else "")


def chosen() -> list[Attack]:
    """The attacks that may run without a sandbox."""
    found = [a for a in attacks() if a.name.startswith(("forging", "reading")) and a.name not in UNSAFE_READING]
    return found + [a for a in attacks() if a.name in HARMLESS_BY_NAME]


def environment(folder: Path, pin: str) -> Path:
    """A virtual environment with that grader; the folder of its programs."""
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, pin, "ipykernel", "numpy"], check=True)
    return folder / "bin"


def run(command: list[str], folder: Path, programs: Path) -> None:
    """Runs one grader, ends it and all it started after LIMIT_S seconds; what it says goes to a log."""
    env = {"HOME": str(folder / "home"), "PATH": f"{programs}:/usr/bin:/bin", "LANG": "C.UTF-8"}
    (folder / "home").mkdir(exist_ok=True)
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
        try:
            process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            log.write(b"stopped by the time limit\n")
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                log.write(b"ended by itself\n")
            process.wait()


class Nbgrader:
    """Stock nbgrader, one course folder."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder, self._programs = folder, programs
        (folder / "nbgrader_config.py").write_text(
            "c = get_config()\nc.CourseDirectory.course_id = 'stock'\n"
            f"c.Execute.timeout = {CELL_S}\nc.ExecutePreprocessor.timeout = {CELL_S}\n"
        )
        answer = new_code_cell(f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION")
        answer.metadata["nbgrader"] = _meta("answer", solution=True)
        check = new_code_cell(f"assert output_size(7, 3) == 5\n### BEGIN HIDDEN TESTS\n{HIDDEN}### END HIDDEN TESTS")
        check.metadata["nbgrader"] = {**_meta("check", grade=True), "points": 8}
        _write(folder / "source" / "a1" / "a1.ipynb", [answer, check])
        self._nbgrader("generate_assignment", "a1")
        self._released = nbformat.read(folder / "release" / "a1" / "a1.ipynb", as_version=4)

    def grade(self, attack: Attack) -> Verdict:
        notebook = nbformat.from_dict(json.loads(json.dumps(self._released)))
        notebook.cells[0].source = attack.answer
        place = self._folder / "submitted" / attack.name / "a1"
        place.mkdir(parents=True)
        nbformat.write(notebook, place / "a1.ipynb")
        self._nbgrader("autograde", "a1", "--student", attack.name)
        shown = self._folder / "autograded" / attack.name / "a1" / "a1.ipynb"
        return Verdict(self._score(attack.name), shown.is_file() and CANARY in _outputs(shown))

    def _score(self, student: str) -> float | None:
        code = (
            "import sys\nfrom nbgrader.api import Gradebook\n"
            "with Gradebook('sqlite:///gradebook.db', 'stock') as g:\n"
            "    s = g.find_submission('a1', sys.argv[1]); print(s.score)\n"
        )
        command = [str(self._programs / "python"), "-c", code, student]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True)
        graded = (self._folder / "autograded" / student / "a1" / "a1.ipynb").is_file()
        return float(done.stdout) if done.returncode == 0 and graded else None

    def _nbgrader(self, *words: str) -> None:
        run([str(self._programs / "nbgrader"), *words], self._folder, self._programs)


class Otter:
    """Otter-Grader's `otter run`, which grades in a folder on this machine."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder, self._programs = folder, programs
        cells = [
            new_raw_cell("# ASSIGNMENT CONFIG\ngenerate: true\nexport_cell: false"),
            new_raw_cell("# BEGIN QUESTION\nname: q1\npoints: 8"),
            new_raw_cell("# BEGIN SOLUTION"),
            new_code_cell(f"# BEGIN SOLUTION\n{RIGHT}# END SOLUTION"),
            new_raw_cell("# END SOLUTION"),
            new_raw_cell("# BEGIN TESTS"),
            new_code_cell("assert output_size(7, 3) == 5"),
            new_code_cell(f'# HIDDEN\n{HIDDEN}'),
            new_raw_cell("# END TESTS"),
            new_raw_cell("# END QUESTION"),
        ]
        _write(folder / "a1.ipynb", cells)
        run([str(programs / "otter"), "assign", "a1.ipynb", "dist", "--no-run-tests"], folder, programs)
        self._archive = next((folder / "dist" / "autograder").glob("*.zip"))
        self._released = nbformat.read(folder / "dist" / "student" / "a1.ipynb", as_version=4)

    def grade(self, attack: Attack) -> Verdict:
        notebook = nbformat.from_dict(json.loads(json.dumps(self._released)))
        blank = next(i for i, c in enumerate(notebook.cells) if c.cell_type == "code" and "output_size" not in c.source
                     and "otter" not in c.source and "grader" not in c.source)  # fmt: skip
        notebook.cells[blank].source = attack.answer
        place = self._folder / attack.name
        place.mkdir()
        nbformat.write(notebook, place / "a1.ipynb")
        command = [str(self._programs / "otter"), "run", "-a", str(self._archive), "-o", ".", "a1.ipynb"]
        run(command, place, self._programs)
        results = place / "results.json"
        if not results.is_file():
            return Verdict(None, False)
        document = json.loads(results.read_text())
        score = sum(float(test.get("score") or 0) for test in document.get("tests", []))
        shown = [test for test in document.get("tests", []) if test.get("visibility") != "hidden"]
        return Verdict(score, CANARY in json.dumps(shown))


GRADERS: dict[str, Callable[[Path, Path], Nbgrader | Otter]] = {"nbgrader": Nbgrader, "otter": Otter}


def _meta(grade_id: str, *, grade: bool = False, solution: bool = False) -> dict[str, object]:
    return {"grade_id": grade_id, "grade": grade, "solution": solution, "locked": grade, "task": False,
            "schema_version": 3, "cell_type": "code"}  # fmt: skip


def _write(path: Path, cells: list) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


def _outputs(path: Path) -> str:
    return json.dumps([cell.get("outputs", []) for cell in nbformat.read(path, as_version=4).cells])


def main(names: list[str]) -> None:
    rows = {attack.name: [attack.says] for attack in chosen()}
    names = names or list(GRADERS)
    verdicts: dict[str, dict[str, Verdict]] = {}
    for name in names:
        root = Path(tempfile.mkdtemp(prefix=f"attacks-{name}-"))
        try:
            programs = environment(root / "venv", PINS[name])
            (root / "course").mkdir()
            grader = GRADERS[name](root / "course", programs)
            right = Attack("right-answer", "", RIGHT, None, "full", frozenset(), False)
            assert (grader.grade(right).score or 0) > 0, f"{name} gives a right answer no points: see {root}"
            verdicts[name] = {}
            for attack in chosen():
                verdicts[name][attack.name] = grader.grade(attack)
                print(name, attack.name, verdicts[name][attack.name], file=sys.stderr, flush=True)
        finally:
            shutil.rmtree(root, ignore_errors=True)
    titles = [PINS[name].replace("==", " ") for name in names]
    print("| attempt | " + " | ".join(titles) + " |\n|---|" + "---|" * len(names))
    for attack in chosen():
        deserved = attack.score in ("full", "any")
        cells = [verdicts[name][attack.name].words(deserved) for name in names]
        print(f"| {rows[attack.name][0]} (`{attack.name}`) | " + " | ".join(cells) + " |")
    for name in names:
        found = [(a, verdicts[name][a.name]) for a in chosen()]
        full = sum((v.score or 0) > 0 and a.score not in ("full", "any") for a, v in found)
        none, read = sum(v.score is None for _, v in found), sum(v.read for _, v in found)
        print(f"\n{PINS[name]}: of {len(found)} attacks {full} got points without an answer, "
              f"{none} left the submission without a score, {read} showed the hidden tests.")  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
