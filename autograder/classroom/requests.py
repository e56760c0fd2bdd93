"""`request`: the list of what students say against their grades."""

from __future__ import annotations

from pathlib import Path

from autograder.classroom import notes
from autograder.classroom.folder import CourseFolder
from autograder.classroom.ledger import Ledger
from autograder.classroom.notes import Request
from autograder.classroom.times import require_student
from autograder.course import Course, UsageError
from autograder.language import sentences_of

_ = sentences_of(__package__)


def note(course_dir: Path, student: str, name: str, task: str, says: str, course: Course | None = None) -> Request:
    """Notes a request. Raises ``UsageError`` for an unknown student, assignment or task, and where nothing is said."""
    course = course or Course.here()
    tasks = [one.id for one in course.assignment(name).tasks]
    if task not in tasks:
        raise UsageError(
            _("{name} has no task {task!r}; it has: {tasks}.").format(name=name, task=task, tasks=", ".join(tasks))
        )
    if not says.strip():
        raise UsageError(_("A request says something."))
    folder = CourseFolder(course_dir)
    require_student(folder, student, course)
    with Ledger(folder.ledger) as ledger:
        return notes.ask(ledger, student, name, task, says.strip())


def close(course_dir: Path, id: int, outcome: str | None) -> None:
    """Notes what came of a request; None opens it again. Raises ``UsageError`` where there is none of that number, and
    for an outcome that says nothing."""
    if outcome is not None and not outcome.strip():
        raise UsageError(_("An outcome says something."))
    with Ledger(CourseFolder(course_dir).ledger) as ledger:
        if not notes.close(ledger, id, outcome):
            raise UsageError(_("There is no request {id}; `autograder request` lists them.").format(id=id))


def drop(course_dir: Path, id: int) -> None:
    """Removes a request. Raises ``UsageError`` where there is none of that number."""
    with Ledger(CourseFolder(course_dir).ledger) as ledger:
        if not notes.drop(ledger, id):
            raise UsageError(_("There is no request {id}; `autograder request` lists them.").format(id=id))


def listed(
    course_dir: Path, student: str | None = None, name: str | None = None, course: Course | None = None
) -> list[Request]:
    """The requests, in the order in which they were noted. Raises ``UsageError`` for an unknown student or
    assignment."""
    course = course or Course.here()
    folder = CourseFolder(course_dir)
    if name is not None:
        course.assignment(name)
    if student is not None:
        require_student(folder, student, course)
    if not folder.ledger.exists():
        return []
    with Ledger(folder.ledger) as ledger:
        return notes.requests(ledger, student=student, assignment=name)
