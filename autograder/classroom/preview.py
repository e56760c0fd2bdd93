"""`grade --preview`: who would change, and neither ``autograded/`` nor the gradebook is touched.

What is found is kept beside the record, so that the next `grade` books it without running anything again; where nobody
asks for that, nothing has happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from autograder.classroom.changes import compare
from autograder.classroom.folder import CourseFolder
from autograder.classroom.ledger import Damaged, Entry, Ledger
from autograder.classroom.run import ClassRun, Graded, Options, Planned
from autograder.course import Assignment, Course
from autograder.gradebook.commit import Commit


class PreviewRun(ClassRun):
    """A run that compares instead of committing; ``summary.changes`` has everybody who would change."""

    def __init__(
        self, course: Course, folder: CourseFolder, assignment: Assignment, ledger: Ledger, options: Options
    ) -> None:
        super().__init__(course, folder, assignment, _NoGradebook(), ledger, options)

    def settled(self, planned: Planned, entry: Entry, in_gradebook: bool) -> bool:
        """Whether the record has the result already, which then would not change."""
        try:
            results, _ = self.ledger.files(self.assignment.name, planned.student)
        except Damaged:
            return False
        self.summary.unchanged.append(planned.student)
        self.summary.kept[planned.student] = Graded.of(results)
        return True

    def keep(self, planned: Planned, document: dict[str, Any], notebook: bytes, answers: Mapping[str, str]) -> None:
        """Notes what would change, and keeps the outcome for the run that may follow."""
        name, student = self.assignment.name, planned.student
        self.previewed.keep(name, student, planned.fingerprint, document, notebook, answers)
        try:
            old = self.ledger.files(name, student)[0]
        except (KeyError, Damaged):
            old = None
        change = compare(old, document)
        if old is None or change.tasks or change.before != change.now:
            self.summary.changes[student] = change
        self.summary.graded[student] = Graded.of(document)


class _NoGradebook:
    """In place of the writer: nothing is committed, and nothing asked."""

    def register(self, assignment: Assignment) -> None: ...

    def committed(self, assignment: str) -> set[str]:
        return set()

    def terms(self, assignment: str, granted: Mapping[str, timedelta] = {}) -> Callable[[str], str]:
        return lambda student: ""

    def commit_many(self, commits: Iterable[Commit]) -> None: ...

