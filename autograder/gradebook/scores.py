"""Final scores, read from the gradebook and never written: automatic, manual, penalty, and what they come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from nbgrader.api import Assignment as AssignmentRow
from nbgrader.api import Grade, GradeCell, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import create_engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from autograder.course import CHECK_SUFFIX, Course, CourseError, UsageError
from autograder.gradebook import attribution, nbgrader_setup
from autograder.gradebook.address import Address
from autograder.gradebook.opening import cannot, refuse_other_course
from autograder.gradebook.people import Person
from autograder.language import sentences_of

_ = sentences_of(__package__)

T = TypeVar("T")


class NoGradebook(CourseError):
    """There is no gradebook yet."""


@dataclass(frozen=True)
class TaskScore:
    """One task's points: what the checks gave, what a person gave in their place or besides (None: nobody did).
    ``given_by`` is that person; empty where that was not noted."""

    task: str
    automatic: float | None
    manual: float | None
    extra: float
    max_score: float
    waits: bool
    given_by: str = ""

    @property
    def score(self) -> float:
        """As nbgrader counts it: a person's points stand in place of the checks'."""
        given = self.manual if self.manual is not None else self.automatic
        return (given or 0.0) + self.extra


@dataclass(frozen=True)
class FinalScore:
    """A student's assignment. ``handed_in`` is false where nothing came; then everything else is zero."""

    person: Person
    assignment: str
    tasks: tuple[TaskScore, ...] = ()
    max_score: float = 0.0
    penalty: float = 0.0
    late: timedelta = field(default_factory=timedelta)
    extension: timedelta = field(default_factory=timedelta)
    handed_in: bool = True

    @property
    def automatic(self) -> float:
        """Points that the checks gave and nobody replaced."""
        return sum(task.automatic or 0.0 for task in self.tasks if task.manual is None)

    @property
    def manual(self) -> float:
        """Points that a person gave, extra credit included."""
        return sum((task.manual or 0.0) + task.extra for task in self.tasks)

    @property
    def score(self) -> float:
        """What counts: as nbgrader's own export has it, never below zero."""
        return max(0.0, self.automatic + self.manual - self.penalty)

    @property
    def state(self) -> str:
        """``missing``, ``waits for a person``, ``late`` or ``graded``."""
        if not self.handed_in:
            return "missing"
        if any(task.waits for task in self.tasks):
            return "waits for a person"
        return "late" if self.late > timedelta() else "graded"


def final_scores(course_dir: Path, names: Sequence[str] = (), course: Course | None = None) -> list[FinalScore]:
    """The final scores of every student in the gradebook, by assignment and student id.

    names: the assignments; all that the gradebook has by default. Raises ``WrongGradebook`` where it cannot be read,
    ``CourseError`` where there is none or it lacks an assignment.
    """
    return ask(course_dir, course, lambda session: _read(session, list(names)))


def due_dates(course_dir: Path, course: Course | None = None) -> dict[str, datetime | None]:
    """When each assignment of the gradebook is due (UTC without a zone), None at no time. Raises as ``final_scores``
    does."""

    def read(session: Session) -> dict[str, datetime | None]:
        query = select(AssignmentRow.name, AssignmentRow.duedate).order_by(AssignmentRow.name)
        return dict(map(tuple, session.execute(query)))

    return ask(course_dir, course, read)


def known_people(course_dir: Path, course: Course | None = None) -> list[Person]:
    """Everybody whom the gradebook knows, by id; nobody where there is no gradebook yet."""
    try:
        return ask(course_dir, course, _people)
    except NoGradebook:
        return []


def ask(course_dir: Path, course: Course | None, read: Callable[[Session], T]) -> T:
    """What a question to the gradebook has for an answer. Raises ``NoGradebook``, and ``WrongGradebook`` where it
    cannot be read."""
    course = course or Course.here()
    address = Address.of(course_dir, nbgrader_setup.load(course_dir, course))
    if address.is_missing:
        raise NoGradebook(
            _("There is no gradebook in {course_dir} yet; grade an assignment first.").format(course_dir=course_dir)
        )
    refuse_other_course(address, course.id)
    engine = create_engine(address.url)
    try:
        with Session(engine) as session:
            return read(session)
    except DBAPIError as error:
        raise cannot(address, "read", error) from error
    finally:
        engine.dispose()


def _read(session: Session, names: list[str]) -> list[FinalScore]:
    known = list(session.scalars(select(AssignmentRow.name).order_by(AssignmentRow.name)))
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(
            _("The gradebook has no assignment {unknown!r}; it has: {known}.").format(
                unknown=unknown[0], known=", ".join(known) or _("none yet")
            )
        )
    people = _people(session)
    return [score for name in names or known for score in _of_assignment(session, name, people)]


def _people(session: Session) -> list[Person]:
    columns = (Student.id, Student.first_name, Student.last_name, Student.email, Student.lms_user_id)
    rows = session.execute(select(*columns).order_by(Student.id))
    return [Person(id, *(value or "" for value in about)) for id, *about in rows]


def _of_assignment(session: Session, name: str, people: list[Person]) -> list[FinalScore]:
    row = session.scalars(select(AssignmentRow).where(AssignmentRow.name == name)).one()
    submissions = {one.student_id: one for one in row.submissions}
    tasks = _tasks(session, name)
    penalties: dict[str, float] = defaultdict(float)
    for student, penalty in session.execute(
        select(SubmittedAssignment.student_id, SubmittedNotebook.late_submission_penalty)
        .join(SubmittedNotebook.assignment)
        .where(SubmittedAssignment.assignment_id == row.id)
    ):
        penalties[student] += penalty or 0.0
    found = []
    for person in people:
        submission = submissions.get(person.id)
        if submission is None:
            found.append(FinalScore(person, name, max_score=row.max_score, handed_in=False))
            continue
        found.append(
            FinalScore(
                person, name, tuple(tasks[person.id]), row.max_score, penalties[person.id],
                timedelta(seconds=submission.total_seconds_late if row.duedate else 0),
                submission.extension or timedelta(),
            )
        )  # fmt: skip
    return found


def _tasks(session: Session, name: str) -> dict[str, list[TaskScore]]:
    """Each student's tasks, in the order of the gradebook's cells."""
    grades = (
        select(
            SubmittedAssignment.student_id, GradeCell.name, Grade.auto_score, Grade.manual_score, Grade.extra_credit,
            GradeCell.max_score, Grade.needs_manual_grade,
        )
        .join(Grade.notebook)
        .join(SubmittedNotebook.assignment)
        .join(SubmittedAssignment.assignment)
        .join(GradeCell, Grade.cell_id == GradeCell.id)
        .where(AssignmentRow.name == name)
        .order_by(GradeCell.name)
    )  # fmt: skip
    noted = attribution.latest(attribution.given(session, name), "points")
    found: dict[str, list[TaskScore]] = defaultdict(list)
    for student, cell, automatic, manual, extra, most, waits in session.execute(grades):
        task = cell.removesuffix(CHECK_SUFFIX)
        by = noted.get((student, task)) if manual is not None or extra else None
        found[student].append(
            TaskScore(task, automatic, manual, extra or 0.0, most or 0.0, bool(waits), by.by if by else "")
        )
    return found
