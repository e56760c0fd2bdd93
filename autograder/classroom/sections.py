"""The sections of a class, as its list has them."""

from __future__ import annotations

from pathlib import Path

from autograder.classroom import notes
from autograder.classroom.folder import CourseFolder
from autograder.classroom.ledger import Ledger
from autograder.course import UsageError


def students_of(course_dir: Path, section: str) -> frozenset[str]:
    """The students of a section. Raises ``UsageError`` for one that nobody is in."""
    with Ledger(CourseFolder(course_dir).ledger) as ledger:
        known = notes.sections(ledger)
    found = frozenset(student for student, one in known.items() if one.casefold() == section.casefold())
    if not found:
        names = ", ".join(sorted(set(known.values()))) or "none; `autograder roster FILE` reads them from a column"
        raise UsageError(f"Nobody is in the section {section!r}; there are: {names}.")
    return found
