"""`grade --preview`: who would change, and neither ``autograded/`` nor the gradebook is touched.

What is found is kept beside the record, so that the next `grade` books it without running anything again; where nobody
asks for that, nothing has happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from autograder.classroom import following
from autograder.classroom.changes import Change, compare
from autograder.classroom.fingerprints import checks_fingerprint
from autograder.classroom.folder import CourseFolder
from autograder.classroom.ledger import Damaged, Entry, Ledger
from autograder.classroom.options import Options
from autograder.classroom.previewed import Previewed
from autograder.classroom.run import ClassRun, Graded, Planned
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
        if says_something(change):
            self.summary.changes[student] = change
        self.summary.graded[student] = Graded.of(document)


def says_something(change: Change) -> bool:
    """Whether booking an outcome would change what is on record."""
    return change.before is None or bool(change.tasks) or change.before != change.now


@dataclass(frozen=True)
class Waiting:
    """The outcomes of previews that nobody has booked or dropped: by student what would change, in the students' order;
    of how many others nothing would; and how many were found with other checks than there are now, so that `grade`
    would not take them."""

    changes: Mapping[str, Change]
    same: int
    outdated: int = 0

    @property
    def more(self) -> int:
        """How many would have more points than they have."""
        return sum(one.before is not None and one.by > 0 for one in self.changes.values())

    @property
    def fewer(self) -> int:
        """How many would have fewer."""
        return sum(one.before is not None and one.by < 0 for one in self.changes.values())


def waiting(course_dir: Path, name: str, course: Course | None = None) -> Waiting:
    """What previews of an assignment found and `grade` would book, compared with the record as it is now."""
    assignment = (course or Course.here()).assignment(name)
    folder = CourseFolder(course_dir)
    outcomes = Previewed(folder).documents(name)
    if not outcomes:
        return Waiting({}, 0)
    with Ledger(folder.ledger) as ledger:
        known = dict(following.documents(ledger, name, sorted(outcomes)))
    found = {student: compare(known.get(student), outcomes[student]) for student in sorted(outcomes)}
    changes = {student: change for student, change in found.items() if says_something(change)}
    checks = checks_fingerprint(assignment)
    outdated = sum(one["provenance"]["checks"] != checks for one in outcomes.values())
    return Waiting(changes, len(found) - len(changes), outdated)


def drop(course_dir: Path, name: str) -> int:
    """Forgets what previews of an assignment found, as if nobody had asked; of how many submissions."""
    return Previewed(CourseFolder(course_dir)).drop_all(name)


class _NoGradebook:
    """In place of the writer: nothing is committed, and nothing asked."""

    def prepare(self) -> None: ...

    def register(self, assignment: Assignment) -> None: ...

    def committed(self, assignment: str) -> set[str]:
        return set()

    def terms(self, assignment: str, granted: Mapping[str, timedelta] = {}) -> Callable[[str], str]:
        return lambda student: ""

    def commit_many(self, commits: Iterable[Commit]) -> None: ...

