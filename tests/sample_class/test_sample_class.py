"""The sample class as an instructor grades it; `make demo` shows the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from autograder.classroom.grade import grade_class
from autograder.classroom.options import Options
from autograder.classroom.run import Summary
from autograder.course import Course
from autograder.submission.results import read_results
from tests.sample_class.demo import hand_in, problems
from tests.sample_class.members import ASSIGNMENT, Member, members

ASSIGNMENT_01 = Course.here().assignment(ASSIGNMENT)
CLASS = {member.student: member for member in members(ASSIGNMENT_01)}


def grade(folder: Path) -> Summary:
    return grade_class(ASSIGNMENT, folder=folder, options=Options(), console=Console(quiet=True))


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("course")
    hand_in(folder, list(CLASS.values()))
    summary = grade(folder)
    assert set(summary.graded) == set(CLASS) and not summary.failed and not summary.broken
    return folder


@pytest.mark.parametrize("member", CLASS.values(), ids=CLASS)
def test_every_member_gets_the_expected_score_for_each_task(graded: Path, member: Member):
    results = read_results(graded / "autograded" / member.student / ASSIGNMENT)
    assert problems(member, results, ASSIGNMENT_01) == []
    assert results.provenance.isolation or member.status == "not_gradable"


def test_a_second_run_grades_nothing_again(graded: Path):
    summary = grade(graded)
    assert not summary.graded and set(summary.unchanged) == set(CLASS)


def test_nothing_that_a_forger_displayed_stays_in_the_notebook(graded: Path):
    notebook = json.loads((graded / "autograded" / "forges" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text())
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert not any("12 of 12" in json.dumps(cell["outputs"]) for cell in cells)
    checks = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade")]
    assert len(checks) == len(ASSIGNMENT_01.automatic)
    # What stood in their place is run as code of the student's; what they show is the grader's alone.
    assert not any("100.0" in json.dumps([cell["source"], cell["outputs"]]) for cell in checks)
    assert any(cell["source"] == "100.0" for cell in cells)
