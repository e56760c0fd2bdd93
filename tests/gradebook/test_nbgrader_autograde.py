"""`nbgrader autograde` goes through the same boundary as `autograder grade`, and gives the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import AutogradeApp, ExportApp

from autograder.classroom import nbgrader_hooks
from autograder.classroom.folder import CourseFolder
from autograder.classroom.ledger import Ledger
from autograder.classroom.options import Options
from autograder.classroom.run import ClassRun, Summary
from autograder.course import Course
from autograder.gradebook.gradebook import GradebookWriter
from autograder.release.release import release
from autograder.submission.results import read_results
from tests.small.nbgrader_apps import run
from tests.small.nbgrader_course import NAME, cell, make_course, read, submit

RIGHT = {
    "student-id": 'STUDENT_ID = "ada"',
    "why": "Because weights are shared.",
    "double": "def double(x):\n    return 2 * x",
    "tiny-sum": 'tiny_sum = {"total": 3}',
}
HALF = {"double": "def double(x):\n    return abs(2 * x)"}
TIME = "2026-03-01 10:00:00 UTC"
SCORES = {"ada": 6.0, "bob": 1.0, "cyd": 0.0, "dan": 0.0, "eve": 6.0}


# nbgrader's own way to add a submission makes SQLAlchemy warn.
pytestmark = pytest.mark.filterwarnings("ignore:Object of type")


def hand_in(root: Path) -> None:
    """A right, a half-right, an untouched, a broken and a meddling submission."""
    submit(root, "ada", RIGHT, TIME)
    submit(root, "bob", HALF, TIME)
    submit(root, "cyd", {}, TIME)
    submit(root, "dan", b'{"cells": [', TIME)
    meddle(submit(root, "eve", RIGHT, TIME))


def meddle(folder: Path) -> None:
    """Right answers in a notebook whose cells were deleted, moved, duplicated and relabelled, and files
    beside it."""
    path = folder / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text())
    by_id = {c["metadata"]["nbgrader"]["grade_id"]: c for c in notebook["cells"] if "nbgrader" in c["metadata"]}
    by_id["double-check"]["metadata"]["nbgrader"]["points"] = 1000
    by_id["double-check"]["source"] = "42"
    by_id["why"]["metadata"]["nbgrader"] |= {"schema_version": 1, "points": 99}
    twin = {**by_id["double"], "id": "twin"}
    notebook["cells"] = [*reversed([c for c in notebook["cells"] if c is not by_id["tiny-sum-check"]]), twin]
    path.write_text(json.dumps(notebook))
    (folder / "results.json").write_text('{"score": 1000}')
    (folder / "page.html").write_text("<script>alert(1)</script>")
    (folder / "link.txt").symlink_to(folder.parents[2] / "solutions" / NAME / f"{NAME}.ipynb")
    (folder / "submission_secret.txt").write_text("for the exchange")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose class nbgrader graded."""
    root = make_course(tmp_path_factory.mktemp("course"))
    release(course=Course(root))
    hand_in(root)
    assert run(AutogradeApp, root, NAME) == 0
    return root


def grade_ourselves(root: Path, **options: Any) -> Summary:
    course, folder = Course(root), CourseFolder(root)
    with GradebookWriter(root, course=course) as writer, Ledger(folder.ledger) as ledger:
        job = ClassRun(course, folder, course.assignment(NAME), writer, ledger, Options(**options))
        return job.run(nbgrader_hooks._Progress())


def gradebook_scores(root: Path) -> dict[str, float]:
    with Gradebook(f"sqlite:///{root}/gradebook.db", "cnn") as gradebook:
        return {s.student_id: s.score for s in gradebook.assignment_submissions(NAME)}


def autograded(root: Path, student: str) -> Path:
    return root / "autograded" / student / NAME


def test_every_submission_has_its_score_also_one_that_is_no_notebook(graded: Path):
    assert gradebook_scores(graded) == SCORES
    assert {s: read_results(autograded(graded, s)).score for s in SCORES} == SCORES


def test_results_say_what_happened(graded: Path):
    status = {s: read_results(autograded(graded, s)).status for s in SCORES}
    assert status == {
        "ada": "needs_manual_grade", "bob": "graded", "cyd": "graded", "dan": "not_gradable",
        "eve": "needs_manual_grade",
    }  # fmt: skip
    assert read_results(autograded(graded, "ada")).provenance.isolation
    assert read_results(autograded(graded, "dan")).reason == "malformed"


def test_the_gradebook_waits_for_a_person_only_where_there_is_something_to_read(graded: Path):
    with Gradebook(f"sqlite:///{graded}/gradebook.db", "cnn") as gradebook:
        waiting = {s.student_id for s in gradebook.assignment_submissions(NAME) if s.needs_manual_grade}
    assert waiting == {"ada", "eve"}


def test_nothing_of_a_students_own_files_comes_along_but_what_nbgrader_needs(graded: Path):
    assert sorted(p.name for p in autograded(graded, "eve").iterdir()) == [
        f"{NAME}.ipynb", "results.json", "submission_secret.txt", "timestamp.txt",
    ]  # fmt: skip


def test_a_meddled_notebook_comes_out_whole(graded: Path):
    notebook = read(autograded(graded, "eve") / f"{NAME}.ipynb")
    ids = [c.metadata["nbgrader"]["grade_id"] for c in notebook.cells if "nbgrader" in c.metadata]
    assert len(ids) == len(set(ids))
    assert cell(notebook, "double-check").metadata.nbgrader.points == 4
    assert cell(notebook, "tiny-sum-check").source.startswith('check("tiny-sum")')
    assert "3 points" in cell(notebook, "why-rubric").source


def test_a_check_cells_last_output_is_its_score(graded: Path):
    outputs = cell(read(autograded(graded, "bob") / f"{NAME}.ipynb"), "double-check").outputs
    assert [o.output_type for o in outputs][-1] == "execute_result"
    assert outputs[-1].data["text/plain"] == "1.0"


def test_results_are_written_last(graded: Path):
    for student in SCORES:
        folder = autograded(graded, student)
        times = {p.name: p.stat().st_mtime_ns for p in folder.iterdir() if p.name != "submission_secret.txt"}
        assert max(times, key=times.__getitem__) == "results.json"


def test_force_changes_no_score(graded: Path, tmp_path: Path):
    root = shutil.copytree(graded, tmp_path / "course", symlinks=True)
    before = {s: read_results(autograded(root, s)) for s in SCORES}
    assert run(AutogradeApp, root, NAME, "--force") == 0
    assert gradebook_scores(root) == SCORES
    for student, results in before.items():
        assert read_results(autograded(root, student)).tasks == results.tasks


def test_both_paths_give_the_same_and_share_one_record(graded: Path, tmp_path: Path):
    root = shutil.copytree(graded, tmp_path / "course", symlinks=True)
    again = grade_ourselves(root)
    assert sorted(again.unchanged) == sorted(SCORES) and not again.graded
    ours = grade_ourselves(root, force=True)
    assert {row.student: row.score for row in ours.graded.values()} == SCORES
    for student in SCORES:
        assert read_results(autograded(root, student)).tasks == read_results(autograded(graded, student)).tasks
    assert gradebook_scores(root) == SCORES


def test_export_has_every_score(graded: Path, tmp_path: Path):
    assert run(ExportApp, graded, f"--to={tmp_path}/grades.csv") == 0
    lines = (tmp_path / "grades.csv").read_text().splitlines()
    header = lines[0].split(",")
    rows = [dict(zip(header, line.split(","), strict=True)) for line in lines[1:]]
    assert {row["student_id"]: float(row["score"]) for row in rows} == SCORES
    assert {row["max_score"] for row in rows} == {"11.0"}
