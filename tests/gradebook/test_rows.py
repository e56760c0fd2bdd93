"""What is decided for each cell's row of the gradebook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import event
from sqlalchemy.exc import NoResultFound

from autograder.gradebook.address import Address
from autograder.gradebook.commit import Commit
from autograder.gradebook.opening import create
from autograder.gradebook.rows import Cells, write_grade

# nbgrader's own way to add a submission makes SQLAlchemy warn.
pytestmark = pytest.mark.filterwarnings("ignore:Object of type")


def commit(*, whole: str = "graded", changed: frozenset[str] | None = frozenset(), **task: Any) -> Commit:
    one = {"task": "double", "kind": "code", "score": 2.5, "status": "failed", **task}
    other = {"task": "other", "kind": "code", "score": 1.0, "status": "passed"}
    return Commit("a", "ada", {"status": whole, "tasks": [other, one]}, changed=changed)


def row(cell: str, of: Commit, *, manual: float | None = None, asked: bool = False) -> tuple[float | None, bool]:
    """What a cell's row has after a commit: its automatic score, and whether a person is asked to look."""
    grade = SimpleNamespace(auto_score=9.0, manual_score=manual, needs_manual_grade=asked)
    write_grade(grade, cell, of)
    assert grade.manual_score == manual
    return grade.auto_score, grade.needs_manual_grade


def test_a_score_stands_in_its_check_cell_and_a_texts_in_its_answer():
    assert row("double-check", commit()) == (2.5, False)
    assert row("other-check", commit()) == (1.0, False)
    assert row("double", commit(kind="text", status="not_attempted", score=None)) == (0.0, False)
    assert row("double-check", commit(score=0.0), asked=True) == (0.0, False), "nobody has to look any more"


def test_a_cell_of_no_task_has_nothing_and_asks_nobody():
    assert row("double", commit()) == (0.0, False)
    assert row("double-check", commit(kind="text", status="needs_manual_grade", score=None)) == (0.0, False)


def test_an_answered_text_waits_for_a_person_unless_nothing_could_be_graded():
    text = {"kind": "text", "score": None, "status": "needs_manual_grade"}
    assert row("double", commit(**text)) == (None, True)
    assert row("double", commit(whole="not_gradable", **text)) == (0.0, False)


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize(("changed", "anew"), [
    (frozenset(), False), (frozenset({"other"}), False), (frozenset({"other", "double"}), True), (None, True),
])  # fmt: skip
def test_what_a_person_gave_is_looked_at_again_only_where_the_answer_is_another(
    changed: frozenset[str] | None, anew: bool, asked: bool
):
    text = commit(kind="text", score=None, status="needs_manual_grade", changed=changed)
    assert row("double", text, manual=3.0, asked=asked) == (None, anew or asked)
    assert row("double-check", commit(changed=changed), manual=0.0, asked=asked) == (2.5, anew or asked)


def test_what_a_person_gave_for_a_cell_of_no_task_is_looked_at_again():
    assert row("gone-check", commit(), manual=3.0) == (0.0, True)


@pytest.fixture
def gradebook(tmp_path: Path) -> Iterator[Gradebook]:
    """Two assignments with the same cells, both handed in by two students."""
    address = Address(f"sqlite:///{tmp_path}/gradebook.db")
    create(address)
    with Gradebook(address.url, "cnn") as gradebook:
        for name in ("a", "b"):
            gradebook.add_assignment(name)
            gradebook.add_notebook(name, name)
            gradebook.add_grade_cell("double-check", name, name, max_score=4, cell_type="code")
            gradebook.add_task_cell("essay", name, name, max_score=2, cell_type="markdown")
            gradebook.add_solution_cell("double", name, name)
            gradebook.add_source_cell("double-check", name, name, cell_type="code")
        for student in ("ada", "bob"):
            gradebook.add_student(student)
            for name in ("a", "b"):
                gradebook.add_submission(name, student)
        yield gradebook


def rows(gradebook: Gradebook, assignment: str, student: str) -> dict[str, Any]:
    cells = Cells.of(gradebook, assignment)
    notebook = cells.submitted(gradebook, gradebook.find_submission(assignment, student))
    found = list(cells.grades(gradebook, notebook))
    assert len(found) == len(dict(found)), "a row for each cell, and no more"
    return dict(found)


def test_rows_are_those_of_one_notebook_of_one_student(gradebook: Gradebook):
    for number, (name, student) in enumerate((name, student) for name in "ab" for student in ("ada", "bob")):
        for grade in rows(gradebook, name, student).values():
            grade.auto_score = float(number)
    gradebook.db.commit()
    for number, (name, student) in enumerate((name, student) for name in "ab" for student in ("ada", "bob")):
        for cell in ("double-check", "essay"):
            assert gradebook.find_grade(cell, name, name, student).auto_score == number
        assert set(rows(gradebook, name, student)) == {"double-check", "essay"}


@pytest.mark.parametrize("lost", [("double-check",), ("essay",), ("double-check", "essay")])
def test_a_row_that_was_lost_is_made_again_and_only_that_one(gradebook: Gradebook, lost: tuple[str, ...]):
    before = {cell: grade.id for cell, grade in rows(gradebook, "a", "ada").items()}
    for cell in lost:
        gradebook.db.delete(gradebook.find_grade(cell, "a", "a", "ada"))
    gradebook.db.commit()
    for grade in rows(gradebook, "a", "ada").values():
        grade.auto_score = 2.0
    gradebook.db.commit()
    for cell in ("double-check", "essay"):
        grade = gradebook.find_grade(cell, "a", "a", "ada")
        assert grade.auto_score == 2.0 and (grade.id == before[cell]) == (cell not in lost)
    assert len(gradebook.find_submission("a", "bob").notebooks[0].grades) == 2


def test_comments_are_those_of_answers_and_of_one_student(gradebook: Gradebook):
    cells = Cells.of(gradebook, "a")
    notebook = cells.submitted(gradebook, gradebook.find_submission("a", "ada"))
    comments = list(cells.comments(gradebook, notebook))
    found = dict(comments)
    assert set(found) == {"double", "essay"} and len(comments) == 2
    for comment in found.values():
        comment.auto_comment = "No response."
    gradebook.db.commit()
    assert gradebook.find_comment("double", "a", "a", "ada").auto_comment == "No response."
    assert gradebook.find_comment("double", "a", "a", "bob").auto_comment is None


def test_a_submission_of_which_there_is_no_notebook_is_an_error_and_not_another_ones(gradebook: Gradebook):
    other = Cells.of(gradebook, "b")
    with pytest.raises(NoResultFound):
        other.submitted(gradebook, gradebook.find_submission("a", "ada"))


def test_rows_are_found_by_an_index_and_no_table_is_read_whole(gradebook: Gradebook):
    asked: list[tuple[str, Any]] = []
    cells = Cells.of(gradebook, "a")
    notebook = cells.submitted(gradebook, gradebook.find_submission("a", "ada"))
    event.listen(gradebook.engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    assert len(dict(cells.grades(gradebook, notebook))) == len(dict(cells.comments(gradebook, notebook))) == 2
    whole = [
        step for statement, given in list(asked) if "FROM grade" in statement or "FROM comment" in statement
        for *_, step in gradebook.db.connection().exec_driver_sql(f"explain query plan {statement}", given)
        if step.startswith(("SCAN grade", "SCAN comment"))
    ]  # fmt: skip
    assert len(asked) >= 2 and whole == []
