"""What the desk works on: a course, a class's folder, its gradebook and its record."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from autograder.classroom.folder import CourseFolder
from autograder.classroom.ledger import Ledger
from autograder.course import Course
from autograder.desk.alike import Alike
from autograder.gradebook import nbgrader_setup
from autograder.gradebook.address import Address
from autograder.gradebook.giving import GradesByHand
from autograder.gradebook.opening import refuse_other_course
from autograder.gradebook.scores import NoGradebook
from autograder.language import sentences_of

_ = sentences_of(__package__)


@dataclass(frozen=True)
class Desk:
    """One class's desk. ``ledger`` is the record's file, for as long as a ``with open_ledger()`` takes."""

    course: Course
    folder: CourseFolder
    gradebook: Address
    grades: GradesByHand = field(repr=False)
    alike: Alike = field(default_factory=Alike, repr=False)

    @classmethod
    def of(cls, course_dir: Path, course: Course | None = None) -> Desk:
        """The desk of a course folder. Raises ``NoGradebook`` where nothing was graded yet, ``WrongGradebook`` where
        the gradebook is another course's or cannot be opened."""
        course = course or Course.here()
        address = Address.of(course_dir, nbgrader_setup.load(course_dir, course))
        if address.is_missing:
            raise NoGradebook(
                _("There is no gradebook in {course_dir} yet; grade an assignment first.").format(course_dir=course_dir)
            )
        refuse_other_course(address, course.id)
        return cls(course, CourseFolder(course_dir), address, GradesByHand(address, course_dir))

    def close(self) -> None:
        """Closes the gradebook."""
        self.grades.close()

    @property
    def ledger(self) -> Path:
        """Where the record lies."""
        return self.folder.ledger

    def open_ledger(self) -> Ledger:
        """The record, opened for one request: SQLite's connections belong to the thread that made them."""
        return Ledger(self.ledger)
