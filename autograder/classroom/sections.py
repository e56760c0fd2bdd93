"""The sections of a class, as its list has them."""

from __future__ import annotations

from pathlib import Path

from autograder.classroom import notes
from autograder.classroom.folder import CourseFolder
from autograder.classroom.ledger import Ledger
from autograder.course import UsageError
from autograder.language import sentences_of

_ = sentences_of(__package__)


def students_of(course_dir: Path, section: str) -> frozenset[str]:
    """The students of a section. Raises ``UsageError`` for one that nobody is in."""
    with Ledger(CourseFolder(course_dir).ledger) as ledger:
        known = notes.sections(ledger)
    found = frozenset(student for student, one in known.items() if one.casefold() == section.casefold())
    if not found:
        names = ", ".join(sorted(set(known.values()))) or _("none; `autograder roster FILE` reads them from a column")
        raise UsageError(
            _("Nobody is in the section {section!r}; there are: {names}.").format(section=section, names=names)
        )
    return found
