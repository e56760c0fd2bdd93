"""The machine's own decisions, each left out in turn: a test that we have must notice it.

These are the mutants that once lived. `make mutants` has a tool make many more, of whole modules; how what it says is
read is tried here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools import mutants

REPOSITORY = Path(__file__).parents[1]
COPIED = ("autograder", "tests", "course", "conftest.py", "pyproject.toml", "nbgrader_config.py")
LINKED = ("solutions", "assignments", "docs")


@dataclass(frozen=True)
class Mutant:
    """A module of the machine with ``old`` replaced by ``new``, and the test that must fail then."""

    module: str
    old: str
    new: str
    test: str


MUTANTS = {
    "a payload does not count against the bridge's limit": Mutant(
        "bridge/transport.py", "self._count(json_length + payload_length)", "self._count(json_length)",
        "tests/bridge/test_transport.py::test_the_payload_counts_as_data_too",
    ),
    "a late reply is not awaited": Mutant(
        "bridge/transport.py", "self._receive(time.monotonic() + self._grace)", "self._receive(time.monotonic())",
        "tests/bridge/test_transport.py::test_a_slow_answer_is_a_timeout_and_the_late_reply_is_dropped",
    ),
    "a kernel outlives its supervisor": Mutant(
        "sandbox/kernel.py", "    privileges.die_with_parent(signal.SIGKILL, supervisor)\n", "",
        "tests/sandbox/test_ends.py::test_a_kernel_does_not_outlive_its_supervisor",
    ),
    "a stuck worker is never ended": Mutant(
        "classroom/scheduler.py", "            yield from self._end_stuck()\n", "",
        "tests/classroom/test_scheduler.py::"
        "test_a_worker_that_is_stuck_is_ended_and_its_submission_tried_once_more",
    ),
    "a file is written in place": Mutant(
        "files.py", "    with _written_beside(path, data, mode) as beside:\n        os.replace(beside, path)\n",
        "    path.write_bytes(data)\n    path.chmod(mode)\n    with _written_beside(path, data, mode) as beside:\n"
        "        os.replace(beside, path)\n",
        "tests/test_files.py::test_who_reads_while_a_file_is_written_again_reads_the_old_one_to_its_end",
    ),
    "a manual grade stays though the answer has changed": Mutant(
        "gradebook/rows.py", 'or task["task"] in commit.changed:', "and False:",
        "tests/gradebook/test_gradebook.py::test_a_person_is_asked_again_only_where_the_answer_has_changed",
    ),
    "isolation is not part of what a result depends on": Mutant(
        "classroom/fingerprints.py", "|{seed}|{isolation}|", "|{seed}|",
        "tests/classroom/test_fingerprints.py::test_all_that_a_result_depends_on_is_in_its_fingerprint",
    ),
    "a cell that found everything used up is not tried again": Mutant(
        "submission/execution.py", "if run.lost and run.reason in reasons.USED_UP and self._worked:", "if False:",
        "tests/submission/test_execution.py::"
        "test_a_cell_that_found_memory_processes_or_disk_used_up_is_tried_again_in_a_fresh_kernel",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository, as far as its tests need it, where it may be altered."""
    root = tmp_path_factory.mktemp("mutants")
    for name in COPIED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root)
    for name in LINKED:
        (root / name).symlink_to(REPOSITORY / name)
    return root


@pytest.mark.parametrize("name", MUTANTS)
def test_a_decision_stands_where_it_is_looked_for(name: str):
    source = (REPOSITORY / "autograder" / MUTANTS[name].module).read_text(encoding="utf-8")
    assert source.count(MUTANTS[name].old) == 1


@pytest.mark.long
@pytest.mark.parametrize("name", MUTANTS)
def test_a_decision_that_is_left_out_is_noticed(copy: Path, name: str):
    mutant = MUTANTS[name]
    path = copy / "autograder" / mutant.module
    source = path.read_text(encoding="utf-8")
    assert fails(copy, mutant.test) is False
    path.write_text(source.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        assert fails(copy, mutant.test) is True
    finally:
        path.write_text(source, encoding="utf-8")


def fails(root: Path, test: str) -> bool:
    """Whether a test fails in a copy of the repository. Raises where it could not be run."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", test]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(root)}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode == 1


RESULTS = """
    autograder.classroom.seeds.xǁSecretǁseed__mutmut_3: survived
    autograder.classroom.seeds.xǁSecretǁseed__mutmut_4: timeout
    autograder.classroom.seeds.x__read__mutmut_1: survived
    autograder.classroom.seeds.x__read__mutmut_12: no tests
"""


def test_a_mutant_that_lives_is_explained_or_named():
    lived = mutants.survivors(RESULTS)
    seed, read = "autograder.classroom.seeds.Secret.seed", "autograder.classroom.seeds._read"
    assert [mutants.function_of(mutant) for mutant in lived] == [seed, read]
    one = mutants.Explained(1, "It cannot be seen.")
    assert mutants.unexplained(lived, {seed: one, read: one}) == []
    assert mutants.unexplained(lived, {seed: one}) == [f"{read}: 1 mutants lived, and 0 may"]
    assert mutants.unexplained([*lived, lived[0]], {seed: one, read: one}) == [f"{seed}: 2 mutants lived, and 1 may"]


@pytest.mark.parametrize(("patterns", "asked"), [([], ["*"]), (["autograder.files*"], ["autograder.files*"])])
def test_every_mutant_that_is_asked_for_is_tried_anew(
    monkeypatch: pytest.MonkeyPatch, patterns: list[str], asked: list[str]
):
    """Tests that have changed may notice others than they did before."""
    ran: list[tuple[str, ...]] = []

    def mutmut(*words: str, capture: bool = False) -> subprocess.CompletedProcess[str]:
        ran.append(words)
        return subprocess.CompletedProcess(words, 0, stdout="")

    monkeypatch.setattr(mutants, "mutmut", mutmut)
    monkeypatch.setattr(mutants, "forget_other_settings", lambda: None)
    assert mutants.main(patterns) == 0
    assert ran == [("run", *asked), ("results",)]


def test_what_is_explained_has_a_reason_and_a_function_that_exists():
    for name, entry in mutants.explained().items():
        module, _, function = name.rpartition(".")
        sources = [REPOSITORY.joinpath(*module.split(".")).with_suffix(".py"),
                   REPOSITORY.joinpath(*module.split(".")[:-1]).with_suffix(".py")]  # fmt: skip
        source = next(path for path in sources if path.is_file()).read_text(encoding="utf-8")
        assert f"def {function}(" in source and entry.most > 0 and entry.why.endswith("."), name
