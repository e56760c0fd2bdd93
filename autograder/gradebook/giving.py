"""Grades and comments that people give at the desk: read from the gradebook and written into it, one task at a time.

A row that is written here has what nbgrader's formgrader would have written for the same points and comment, and who
gave it is noted in the same transaction (``attribution``). Writers take turns with every run (``turns``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Select, create_engine, event, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased

from autograder.gradebook import attribution
from autograder.gradebook.address import Address
from autograder.gradebook.by_hand import Given
from autograder.gradebook.opening import BUSY, cannot, passes
from autograder.gradebook.people import Person
from autograder.gradebook.turns import Turns

PATIENCE_S, AGAIN_S = 20.0, 0.2  # somebody waits in front of the page
T = TypeVar("T")


@dataclass(frozen=True)
class Standing:
    """An answer's row of the gradebook: points of the checks and of a person (None: none), points beyond, the person's
    comment, and whether it waits for a person."""

    person: Person
    automatic: float | None
    score: float | None
    extra: float | None
    comment: str
    waits: bool
    most: float

    @property
    def to_grade(self) -> bool:
        """Whether a person grades it: not what was handed in without an answer."""
        return self.waits or self.score is not None


@dataclass(frozen=True)
class Gift:
    """What is to stand there: points (None: none) and a comment."""

    score: float | None
    comment: str


class GradesByHand:
    """The manual grades of a class's gradebook, for as long as a desk is open. Several threads may use it at once.

    Everything raises ``WrongGradebook`` where the database refuses for longer than a moment."""

    def __init__(self, address: Address, course_dir: Path) -> None:
        self._address = address
        self._turns = Turns(address, course_dir)
        self._engine = create_engine(address.url)
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", lambda connection, _: connection.execute(BUSY))
        attribution.watch()

    def close(self) -> None:
        """Closes the database."""
        self._engine.dispose()
        self._turns.close()

    def standings(self, assignment: str, task: str) -> dict[str, Standing]:
        """By student, how every submission's answer to a text task stands."""
        return self._read(lambda session: _standings(session, assignment, task))

    def students(self, assignment: str) -> list[str]:
        """Everybody of whom the gradebook has a submission."""
        query = (
            select(SubmittedAssignment.student_id)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .where(Assignment.name == assignment)
        )
        return self._read(lambda session: list(session.scalars(query)))

    def given(self, assignment: str, student: str, task: str) -> list[Given]:
        """What people gave for an answer, the oldest first."""
        changes = self._read(lambda session: attribution.given(session, assignment, student))
        return [one for one in changes if one.task == task]

    def given_to_all(self, assignment: str, task: str) -> list[Given]:
        """As ``given``, for everybody's answers to a task."""
        changes = self._read(lambda session: attribution.given(session, assignment))
        return [one for one in changes if one.task == task]

    def give(
        self, assignment: str, task: str, decide: Callable[[Mapping[str, Standing]], Mapping[str, Gift]],
        whose: frozenset[str] | None = None,
    ) -> Mapping[str, Standing]:
        """Writes, in one transaction and in a turn of its own, what ``decide`` makes of how things stand then, of the
        students in ``whose`` or of all; how they stand afterwards. What ``decide`` raises leaves all as it was."""

        def act() -> Mapping[str, Standing]:
            with self._turns.mine(), Session(self._engine) as session:
                for student, gift in decide(_standings(session, assignment, task, whose)).items():
                    _write(session, assignment, task, student, gift)
                session.commit()
                return _standings(session, assignment, task, whose)

        return self._patiently("written", act)

    def _read(self, read: Callable[[Session], T]) -> T:
        def act() -> T:
            with Session(self._engine) as session:
                return read(session)

        return self._patiently("read", act)

    def _patiently(self, be: str, act: Callable[[], T]) -> T:
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return act()
            except SQLAlchemyError as error:
                if not passes(error) or time.monotonic() > until:
                    raise cannot(self._address, be, error) from error
                time.sleep(AGAIN_S)


def _standings(
    session: Session, assignment: str, task: str, whose: frozenset[str] | None = None
) -> dict[str, Standing]:
    columns = (
        Student.id, Student.first_name, Student.last_name, Student.email, Student.lms_user_id, Grade.auto_score,
        Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade, GradeCell.max_score, Comment.manual_comment,
    )  # fmt: skip
    said = aliased(SolutionCell, flat=True)
    query = (
        select(*columns)
        .select_from(Grade)
        .join(GradeCell, Grade.cell_id == GradeCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(Student, SubmittedAssignment.student_id == Student.id)
        # A text task's one cell has two rows: one is graded, the other commented on.
        .outerjoin(said, (said.name == GradeCell.name) & (said.notebook_id == GradeCell.notebook_id))
        .outerjoin(Comment, (Comment.notebook_id == SubmittedNotebook.id) & (Comment.cell_id == said.id))
        .where(Assignment.name == assignment, GradeCell.name == task)
    )
    if whose is not None:
        query = query.where(Student.id.in_(whose))
    return {row[0]: _standing(*row) for row in session.execute(query)}


def _standing(
    id: str, first: str | None, last: str | None, email: str | None, lms: str | None, automatic: float | None,
    score: float | None, extra: float | None, waits: bool | None, most: float | None, comment: str | None,
) -> Standing:
    person = Person(id, first or "", last or "", email or "", lms or "")
    return Standing(person, automatic, score, extra, comment or "", bool(waits), most or 0.0)


def _write(session: Session, assignment: str, task: str, student: str, gift: Gift) -> None:
    """Writes an answer's points and comment as the formgrader does: only what is another than before, and that it waits
    only while it has no points at all."""
    grade = session.scalars(_of(Grade, assignment, task, student)).one()
    if grade.manual_score != gift.score:
        grade.manual_score = gift.score
    grade.needs_manual_grade = grade.manual_score is None and grade.auto_score is None
    comment = session.scalars(_of(Comment, assignment, task, student)).one_or_none()
    if comment is None and gift.comment:
        cell = session.scalars(
            select(SolutionCell).where(SolutionCell.name == task, SolutionCell.notebook_id == grade.cell.notebook_id)
        ).one()
        comment = Comment(cell_id=cell.id, notebook_id=grade.notebook_id)
        session.add(comment)
        session.flush()  # its change is noted, not its making
    if comment is not None and (comment.manual_comment or "") != gift.comment:
        comment.manual_comment = gift.comment


def _of(kind: type[Any], assignment: str, task: str, student: str) -> Select[Any]:
    return (
        select(kind)
        .join(BaseCell, kind.cell_id == BaseCell.id)
        .join(SubmittedNotebook, kind.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .where(Assignment.name == assignment, BaseCell.name == task, SubmittedAssignment.student_id == student)
    )
