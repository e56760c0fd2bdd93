"""A class in real workers and kernels: what is graded, what is not graded again, and what survives a kill."""

from __future__ import annotations

import random
import shutil
import signal
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from rich.console import Console

from autograder.classroom.folder import CourseFolder
from autograder.classroom.grade import grade_class
from autograder.classroom.options import Options
from autograder.course import Course
from autograder.submission.job import Job
from autograder.submission.notebook import Template
from autograder.submission.results import read_results
from tests.small.courses import lay_out_package, read_json
from tests.small.grade_small import grade
from tests.small.killing import kill_at_random, start_command, wait_for
from tests.small.small_class import LOOKS_SCORES, RIGHT, answered, as_json, scores, small_class, state_of, submit

REPOSITORY = Path(__file__).parents[2]
KILLS, CLASS = 4, 8


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class that was graded without disturbance."""
    root = tmp_path_factory.mktemp("undisturbed")
    small_class(root, CLASS)
    summary = grade(root)
    assert len(summary.graded) == CLASS and not summary.failed
    return root


def test_every_submission_gets_its_score_in_files_and_gradebook(graded: Path):
    students = CourseFolder(graded).students("00-small")
    found = [read_results(graded / "autograded" / student / "00-small").score for student in students]
    assert found == list(LOOKS_SCORES) * (CLASS // 4)
    state = state_of(graded)
    assert state["rows"]["s002", "double-check"] == (1.0, False, "2026-01-01 10:00:00")
    assert state["rows"]["s002", "why"][:2] == (None, True)
    assert {path.rsplit("/", 1)[-1] for path in state["files"]} == {"00-small.ipynb", "results.json", "timestamp.txt"}


def test_unchanged_submissions_are_not_run_again(graded: Path):
    before = state_of(graded)
    times = {path: path.stat().st_mtime_ns for path in (graded / "autograded").rglob("*.json")}
    summary = grade(graded)
    assert (len(summary.graded), len(summary.unchanged)) == (0, CLASS)
    assert {path: path.stat().st_mtime_ns for path in (graded / "autograded").rglob("*.json")} == times
    assert state_of(graded) == before


def test_lost_files_and_a_lost_gradebook_come_back_from_the_record(graded: Path):
    before = state_of(graded)
    (graded / "gradebook.db").unlink()
    for path in (graded / "autograded" / "s000").rglob("*.*"):
        path.unlink()
    summary = grade(graded)
    assert not summary.graded
    assert state_of(graded) == before


def test_a_new_time_of_submission_is_noted_without_a_run(graded: Path):
    time_file = graded / "submitted" / "s001" / "00-small" / "timestamp.txt"
    time_file.write_text("2026-02-02 12:00:00 UTC\n")
    assert not grade(graded).graded
    assert state_of(graded)["rows"]["s001", "double-check"][2] == "2026-02-02 12:00:00"
    time_file.write_text("2026-01-01 10:00:00 UTC\n")
    assert not grade(graded).graded


def test_a_changed_submission_is_run_and_no_other(graded: Path, tmp_path: Path):
    small_class(tmp_path, 2)
    grade(tmp_path)
    data = (tmp_path / "submitted" / "s000" / "00-small" / "00-small.ipynb").read_bytes()
    submit(tmp_path, "s001", data)
    summary = grade(tmp_path)
    assert list(summary.graded) == ["s001"] and summary.graded["s001"].score == 12.0
    forced = grade(tmp_path, force=True, students=("s000",))
    assert list(forced.graded) == ["s000"]


def test_odd_submissions_get_results_and_harm_no_other(tmp_path: Path):
    small_class(tmp_path, 1)
    submit(tmp_path, "broken", b'{"cells": [')
    submit(tmp_path, "Zoë Müller", answered(_template(tmp_path), RIGHT))
    (tmp_path / "submitted" / "empty" / "00-small").mkdir(parents=True)
    link = tmp_path / "submitted" / "linked" / "00-small" / "00-small.ipynb"
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "submitted" / "s000" / "00-small" / "00-small.ipynb")
    (tmp_path / "submitted" / "lazy").mkdir()  # a neighbour's work by a link, of the folder and of all that is theirs
    (tmp_path / "submitted" / "lazy" / "00-small").symlink_to("../s000/00-small")
    (tmp_path / "submitted" / "lazier").symlink_to("s000")
    forged = submit(tmp_path, "forger", answered(_template(tmp_path), {}))
    (forged / "results.json").write_text('{"score": 12.0}')
    (tmp_path / "submitted" / "stray.txt").write_text("no folder")
    summary = grade(tmp_path)
    found = {student: row.score for student, row in summary.graded.items()}
    assert found == {
        "s000": 12, "broken": 0, "Zoë Müller": 12, "empty": 0, "linked": 0, "lazy": 0, "lazier": 0, "forger": 0,
    }  # fmt: skip
    for student in ("broken", "empty", "linked", "lazy", "lazier"):
        results = read_json(tmp_path / "autograded" / student / "00-small" / "results.json")
        assert (results["status"], results["reason"], len(results["tasks"])) == ("not_gradable", "malformed", 4)
    assert scores(as_json(tmp_path / "autograded" / "forger" / "00-small" / "results.json"))["double"] == 0.0


def test_a_submission_that_is_removed_while_the_class_is_graded_is_no_empty_one(tmp_path: Path):
    small_class(tmp_path, 2)
    taken: list[str] = []

    class Removing:
        """Workers that grade nothing, and find that one of the submissions is gone when its turn comes."""

        running: dict[str, float] = {}

        def run(self, jobs: Iterable[Job]) -> Iterator[None]:
            shutil.rmtree(tmp_path / "submitted" / "s001" / "00-small")
            taken.extend(job.student for job in jobs)
            return iter(())

    summary = grade_class(
        "00-small", folder=tmp_path, options=Options(jobs=1), console=Console(quiet=True), course=Course(tmp_path),
        make_executor=lambda *_: nullcontext(Removing()),
    )  # fmt: skip
    assert taken == ["s000"]
    assert "The submission was removed" in summary.failed["s001"] and not summary.graded


def test_interrupting_keeps_what_is_done_and_says_how_to_go_on(tmp_path: Path):
    students = small_class(tmp_path, CLASS)
    command = start_command(tmp_path)
    done = tmp_path / "autograded"
    wait_for(lambda: len(list(done.rglob("results.json"))) >= 2, command)
    command.send_signal(signal.SIGINT)
    out, err = command.communicate(timeout=60)
    assert command.returncode == 130, err
    assert "run the same command to go on" in out and "Traceback" not in err
    kept = {path.parents[1].name for path in done.rglob("results.json")}
    summary = grade(tmp_path)
    assert len(kept) >= 2 and kept <= set(summary.unchanged)
    assert len(summary.unchanged) <= len(kept) + 1, "one may be on record whose files were not written yet"
    assert len(summary.graded) + len(summary.unchanged) == len(students)


def test_killing_any_process_at_any_time_changes_no_result(graded: Path, tmp_path: Path):
    """After each kill the same command is given again; in the end all is as in the undisturbed class."""
    for part in ("solutions", "assignments", "submitted"):
        shutil.copytree(graded / part, tmp_path / part)
    lay_out_package(tmp_path)
    (tmp_path / ".autograder").mkdir(mode=0o700)
    shutil.copy(graded / ".autograder" / "secret", tmp_path / ".autograder")
    assert kill_at_random(tmp_path, KILLS, random.Random(7)).total() > 1
    assert state_of(tmp_path) == state_of(graded)
    assert len(grade(tmp_path).unchanged) == CLASS


def _template(root: Path) -> Template:
    from autograder.course import Course

    return Template.load(Course(root).assignment("00-small"))
