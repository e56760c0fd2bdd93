"""The hostile class, graded in one run beside honest submissions: nothing forged, read, left behind or blocked."""

from __future__ import annotations

import copy
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import sync_playwright

from autograder.classroom.folder import CourseFolder
from autograder.classroom.ledger import Ledger
from autograder.classroom.options import Options
from autograder.classroom.run import ClassRun
from autograder.course import Course
from autograder.gradebook.gradebook import GradebookWriter
from autograder.submission.notebook import Template
from tests.hostile.corpus import RIGHT, STUB, TASK, attacks
from tests.hostile.notebooks import FILES
from tests.small.courses import code_task, editable, make_course
from tests.small.formgrader import formgrader
from tools.pictures import browser as installed

# The class is graded in the first test. It lists the machine's kernels, and what lies in its shared folders: beside
# other runs it may find theirs.
pytestmark = pytest.mark.timeout(1200)

ASSIGNMENT = "90-hostile"
NEIGHBOURS = 6
LARGEST_WORKER = 500 << 20  # a message of 128 MB is the largest that a worker takes, and it is decoded once
POINTS = {"first": 2.0, TASK: 8.0, "last": 3.0}
LIMITS = {
    "wall_s": 3, "memory_bytes": 400 << 20, "processes": 32, "disk_bytes": 32 << 20, "output_bytes": 1 << 20,
    "display_updates": 200,
}  # fmt: skip
ANSWERS = {"first": "def first(x):\n    return x * x", TASK: RIGHT, "last": "def last(x):\n    return x**3"}
STUBS = {
    "first": "def first(x):\n    raise NotImplementedError()", TASK: STUB,
    "last": "def last(x):\n    raise NotImplementedError()",
}  # fmt: skip
PAGES = (  # those with something of their own in what a grader sees
    "harm-html-output", "harm-control-characters", "harm-large-picture", "harm-endless-display-updates",
    "forging-replaced-display", "file-script-in-markdown-and-metadata", "file-not-json",
)  # fmt: skip
INPUTS = re.compile(r"CANARY_INPUT[ _(]*\d[\d_, ]*")
CANARIES = re.compile(r"CANARY_INPUT[ _(\[',]*\d|CANARY_(?!INPUT)\w+")


@dataclass
class Class:
    """What one run over the whole class left: results and notebooks by student, and what changed around it."""

    folder: Path
    graded: list[str]
    failed: dict[str, str]
    before: dict[str, Any]
    after: dict[str, Any]
    peak_bytes: int  # of the largest worker; kernels are nobody's children here

    def results(self, student: str) -> dict[str, Any]:
        return json.loads((self.folder / "autograded" / student / ASSIGNMENT / "results.json").read_text())

    def task(self, student: str, task: str) -> dict[str, Any]:
        return next(each for each in self.results(student)["tasks"] if each["task"] == task)

    def notebook(self, student: str) -> str:
        return (self.folder / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()


def surroundings() -> dict[str, Any]:
    """What a submission could leave on the machine: files in shared folders, processes, IPC objects."""
    folders = ["/dev/shm", "/var/tmp", "/run", "/", "/etc", os.path.expanduser("~")]
    ours = psutil.Process().children(recursive=True)
    kernels = [p.pid for p in psutil.process_iter(["environ"]) if (p.info["environ"] or {}).get("USER") == "student"]
    return {
        "files": {folder: sorted(os.listdir(folder)) for folder in folders if os.access(folder, os.R_OK)},
        "planted": sorted(str(path) for path in Path("/tmp").glob("cnn-hostile*")),
        "children": [p.pid for p in ours],
        "kernels": kernels,
        "ipc": [line.split()[0] for name in ("shm", "sem", "msg")
                for line in Path(f"/proc/sysvipc/{name}").read_text().splitlines()[1:]],
    }  # fmt: skip


def hostile_course(root: Path) -> Course:
    cells = [editable("student-id", 'STUDENT_ID = ""')]
    for task, answer in ANSWERS.items():
        cells += code_task(task, answer, POINTS[task])
    make_course(root, ASSIGNMENT, cells, limits=LIMITS, runtime="numpy", total_s=60)
    path = root / "assignments" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = STUBS.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return Course(root)


def submission(template: Template, answers: dict[str, str], before: str | None = None) -> dict[str, Any]:
    notebook = copy.deepcopy(template.notebook)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    if before is not None:
        at = next(i for i, c in enumerate(notebook.cells) if c.metadata.get("nbgrader", {}).get("grade_id") == TASK)
        notebook.cells.insert(at, nbformat.v4.new_code_cell(before))
    return json.loads(json.dumps(notebook))  # one text for each source, where the file format has lists of lines


def hand_in(folder: Path, student: str, data: bytes) -> None:
    place = folder / "submitted" / student / ASSIGNMENT
    place.mkdir(parents=True)
    (place / f"{ASSIGNMENT}.ipynb").write_bytes(data)


class Quiet:
    """A run's progress, unseen."""

    def start(self, total: int, unchanged: int) -> None: ...
    def done(self, student: str, row: Any) -> None: ...
    def tick(self, running: dict[str, float]) -> None: ...


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    root = tmp_path_factory.mktemp("hostile")
    course = hostile_course(root)
    assignment = course.assignment(ASSIGNMENT)
    template = Template.load(assignment)
    right = submission(template, ANSWERS)
    for number in range(NEIGHBOURS):
        hand_in(root, f"neighbour-{number}", json.dumps(right).encode())
    for attack in attacks():
        made = submission(template, {**ANSWERS, TASK: attack.answer}, attack.before)
        hand_in(root, attack.name, json.dumps(made).encode())
    for file in FILES:
        hand_in(root, file.name, file.make(right))
    (root / "submitted" / "neighbour-0" / ASSIGNMENT / "notes.txt").write_text("CANARY_SUBMISSION")
    os.environ["AUTOGRADER_SECRET"] = "CANARY_ENVIRONMENT"
    before = surroundings()
    # In a process of its own: the peak that a process knows of its children is that of all it ever had, and a child
    # begins with what its parent held.
    grade = [sys.executable, "-c", "import sys\nfrom tests.hostile.test_corpus import grade\ngrade(sys.argv[1])"]
    done = json.loads(subprocess.run([*grade, str(root)], check=True, stdout=subprocess.PIPE, text=True).stdout)
    del os.environ["AUTOGRADER_SECRET"]
    yield Class(root, done["graded"], done["failed"], before, surroundings(), done["peak_bytes"])


def grade(root: str) -> None:
    """Grades the class of ``root`` and prints who was graded, who failed and why, and the largest worker's memory."""
    course, folder = Course(Path(root)), CourseFolder(Path(root))
    with GradebookWriter(Path(root), course=course) as writer, Ledger(folder.ledger) as ledger:
        run = ClassRun(course, folder, course.assignment(ASSIGNMENT), writer, ledger, Options(jobs=2))
        summary = run.run(Quiet())
    peak_bytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(json.dumps({"graded": list(summary.graded), "failed": summary.failed, "peak_bytes": peak_bytes}))


def test_every_submission_has_a_result(graded: Class):
    assert graded.failed == {}
    assert len(graded.graded) == NEIGHBOURS + len(attacks()) + len(FILES)


@pytest.mark.parametrize("number", range(NEIGHBOURS))
def test_neighbours_get_full_marks(graded: Class, number: int):
    assert graded.results(f"neighbour-{number}")["score"] == sum(POINTS.values())


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.name)
def test_attack(graded: Class, attack):
    task = graded.task(attack.name, TASK)
    full = POINTS[TASK]
    fine = {"zero": task["score"] == 0, "full": task["score"] == full, "some": task["score"] < full, "any": True}
    assert fine[attack.score], f"{attack.says}: {task['score']} points, {task['status']}, {task['message']}"
    as_expected = attack.score == "any" or task["reason"] in attack.reasons
    assert as_expected, f"{attack.says}: {task['reason']}: {task['message']}"
    assert task["message"].strip() and "Traceback" not in task["message"]
    for other in ("first",) if attack.later_lost else ("first", "last"):  # what is right elsewhere stays earned
        assert graded.task(attack.name, other)["score"] == POINTS[other], graded.task(attack.name, other)


@pytest.mark.parametrize("attack", [a for a in attacks() if "CANARY" in a.answer], ids=lambda attack: attack.name)
def test_nothing_was_reached(graded: Class, attack):
    """An attack that gets somewhere prints a canary; its own source is the only place where one may stand, and, of
    inputs, the example of a failed test: that comes of a kernel in which no hidden input ever was."""
    notebook, results = json.loads(graded.notebook(attack.name)), graded.results(attack.name)
    shown = json.dumps([cell.get("outputs", []) for cell in notebook["cells"]])
    told = json.dumps(results)
    examples = json.dumps([test.get("example", "") for task in results["tasks"] for test in task["tests"]])
    public = set(INPUTS.findall(examples))
    assert set(INPUTS.findall(shown)) | set(INPUTS.findall(told)) <= public
    reached = [found for found in CANARIES.findall(shown + told) if not (public and found.startswith("CANARY_INPUT"))]
    assert reached == []


def test_no_output_holds_what_is_hidden(graded: Class):
    for student in graded.graded:
        outputs = json.dumps([cell.get("outputs", []) for cell in json.loads(graded.notebook(student))["cells"]])
        for word in ("CANARY_ENVIRONMENT", "CANARY_SUBMISSION", "test_any_sizes", "from hypothesis import"):
            assert word not in outputs, (student, word)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_file(graded: Class, file):
    results = graded.results(file.name)
    if file.score == "not gradable":
        assert (results["status"], results["reason"], results["score"]) == ("not_gradable", "malformed", 0.0)
        return
    task = graded.task(file.name, TASK)
    assert task["score"] == (POINTS[TASK] if file.score == "full" else 0), f"{file.says}: {task}"
    assert results["max_score"] == sum(POINTS.values())


def test_the_gradebook_has_these_scores_and_no_others(graded: Class):
    command = [sys.executable, "-c", GRADEBOOK, str(graded.folder / "gradebook.db")]
    rows = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert rows == {student: graded.results(student)["score"] for student in graded.graded}


GRADEBOOK = """
import json, sys
from nbgrader.api import Gradebook
with Gradebook("sqlite:///" + sys.argv[1], "cnn") as book:
    print(json.dumps({s.student.id: s.score for s in book.assignment_submissions("90-hostile")}))
"""


def opens(folder: Path, home: Path, students: Iterable[str]) -> list[str]:
    """What went wrong where a grader opened these submissions in the formgrader, one after the other, in a browser:
    a page that did not come, script that ran, a dialogue, an address asked for that an honest page does not ask for."""
    with Gradebook(f"sqlite:///{folder}/gradebook.db", "cnn") as book:
        ids = {one: book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, one).id for one in students}
        honest = book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "neighbour-0").id
    wrong: list[str] = []
    with formgrader(folder, home) as ask, sync_playwright() as playwright:
        at = ask("/formgrader/api/assignments").url.removesuffix("/api/assignments")
        chromium = playwright.chromium.launch(executable_path=installed(), args=["--no-sandbox"])
        page = chromium.new_page()
        page.set_default_timeout(120_000)
        asked: set[str] = set()
        # nothing is asked of other hosts, which may not answer: that a page wants to is what matters
        page.route(lambda url: not url.startswith(at.rsplit("/", 1)[0]), lambda route: (
            asked.add(route.request.url), route.abort()))  # fmt: skip
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.goto(f"{at}/submissions/{honest}/", wait_until="load")
        ordinary = set(asked)
        for student, id in ids.items():
            asked.clear()
            answer = page.goto(f"{at}/submissions/{id}/", wait_until="load")
            if answer is None or answer.status != 200:
                wrong.append(f"{student}: the page did not come")
            if page.evaluate("window.HOSTILE") is not None:
                wrong.append(f"{student}: script {page.evaluate('window.HOSTILE')} ran")
            wrong += [f"{student}: asks for {url}" for url in sorted(asked - ordinary)]
        chromium.close()
    return wrong


@pytest.mark.browser
def test_the_formgrader_shows_what_attacks_pages_and_runs_none_of_it(graded: Class, tmp_path: Path):
    assert opens(graded.folder, tmp_path, PAGES) == []


@pytest.mark.browser
@pytest.mark.long
def test_the_formgrader_shows_every_submission_and_runs_nothing(graded: Class, tmp_path: Path):
    assert opens(graded.folder, tmp_path, graded.graded) == []


def test_no_worker_was_driven_to_much_memory(graded: Class, record_property: Callable[[str, object], None]):
    record_property("peak of a worker's memory, bytes", graded.peak_bytes)
    print(f"The largest worker had {graded.peak_bytes / 1e6:.0f} MB at its peak.")
    assert graded.peak_bytes < LARGEST_WORKER


def test_nothing_is_left_behind(graded: Class):
    assert graded.after["files"] == graded.before["files"]
    assert graded.after["planted"] == graded.before["planted"]
    assert graded.after["children"] == graded.before["children"]
    assert graded.after["kernels"] == graded.before["kernels"]
    assert graded.after["ipc"] == graded.before["ipc"]
