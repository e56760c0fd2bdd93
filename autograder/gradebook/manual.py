"""What people decided in the formgrader: points and comments, read from the gradebook and never written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, BaseCell, Comment, Grade, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import Select, create_engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from autograder.course import CHECK_SUFFIX, Course
from autograder.gradebook import attribution, nbgrader_setup
from autograder.gradebook.address import Address
from autograder.gradebook.by_hand import Manual, ManualGrade
from autograder.gradebook.opening import cannot, refuse_other_course


def manual_grades(
    course_dir: Path, assignment: str, course: Course | None = None, student: str | None = None
) -> dict[str, Manual]:
    """By student id, what was graded by hand in one assignment, of all or of one student; empty where there is no
    gradebook yet.

    Raises `WrongGradebook` if the gradebook is another course's or cannot be read.
    """
    course = course or Course.here()
    address = Address.of(course_dir, nbgrader_setup.load(course_dir, course))
    if address.is_missing:
        return {}
    refuse_other_course(address, course.id)
    engine = create_engine(address.url)
    try:
        with Session(engine) as session:
            return read(session, assignment, student)
    except SQLAlchemyError as error:
        raise cannot(address, "read", error) from error
    finally:
        engine.dispose()


def read(session: Session, assignment: str, whose: str | None) -> dict[str, Manual]:
    """What `manual_grades` gives, from a gradebook that is open already."""
    found: dict[str, dict[str, ManualGrade]] = {}
    late: dict[str, float] = {}
    for student, penalty in session.execute(
        _of(assignment, whose, select(SubmittedAssignment.student_id, SubmittedNotebook.late_submission_penalty))
    ):
        late[student] = late.get(student, 0.0) + (penalty or 0.0)
        found.setdefault(student, {})
    comments = {
        (student, _task(cell)): text or ""
        for student, cell, text in session.execute(
            _of(
                assignment,
                whose,
                select(SubmittedAssignment.student_id, BaseCell.name, Comment.manual_comment),
                Comment,
            )
        )
    }
    changes = attribution.given(session, assignment, whose)
    points, said = attribution.latest(changes, "points"), attribution.latest(changes, "comment")
    for student, cell, score, extra in session.execute(
        _of(
            assignment,
            whose,
            select(SubmittedAssignment.student_id, BaseCell.name, Grade.manual_score, Grade.extra_credit),
            Grade,
        )
    ):
        task = _task(cell)
        comment = comments.get((student, task), "")
        if score is not None or extra or comment:
            noted = (points if score is not None or extra else said).get((student, task))
            found[student][task] = ManualGrade(score, extra or 0.0, comment, noted.by if noted else "")
    return {
        student: Manual(grades, late[student], [one for one in changes if one.student == student])
        for student, grades in found.items()
    }


def _of(
    assignment: str, whose: str | None, query: Select[Any], of_cells: type[Grade] | type[Comment] | None = None
) -> Any:
    """`query` joined from cells' grades or comments (or from notebooks) to the submissions of one
    assignment, and of one student where one is named."""
    if of_cells is not None:
        query = query.select_from(of_cells).join(BaseCell, of_cells.cell_id == BaseCell.id)
        query = query.join(SubmittedNotebook, of_cells.notebook_id == SubmittedNotebook.id)
    else:
        query = query.select_from(SubmittedNotebook)
    query = query.join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
    query = query.join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
    query = query.where(Assignment.name == assignment)
    return query if whose is None else query.where(SubmittedAssignment.student_id == whose)


def _task(cell: str) -> str:
    return cell.removesuffix(CHECK_SUFFIX)
