"""Outcomes that a preview found, kept beside the record until a run books them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.classroom import following
from autograder.classroom.folder import CourseFolder
from autograder.classroom.ledger import Damaged, Ledger

FILE = "preview.db"


class Previewed:
    """The outcomes that the previews of a course folder found, the last of each submission."""

    def __init__(self, folder: CourseFolder) -> None:
        self.path = folder.state / FILE

    def keep(
        self, assignment: str, student: str, fingerprint: str, document: dict[str, Any], notebook: bytes,
        answers: Mapping[str, str],
    ) -> None:  # fmt: skip
        """Keeps an outcome, in place of an earlier one."""
        with Ledger(self.path) as store:
            _drop(store, assignment, student)
            store.record(assignment, student, fingerprint, document, notebook, answers)

    def of(
        self, assignment: str, student: str, fingerprint: str
    ) -> tuple[dict[str, Any], bytes, Mapping[str, str]] | None:
        """The document, the notebook and the answers' digests of a submission with that fingerprint; None where no
        preview has seen it, or it is damaged."""
        if not self.path.exists():
            return None
        with Ledger(self.path) as store:
            try:
                entry = store.entry(assignment, student)
                document, notebook = store.files(assignment, student)
            except (KeyError, Damaged):
                return None
            return (document, notebook, entry.answers) if entry.fingerprint == fingerprint else None

    def documents(self, assignment: str) -> dict[str, dict[str, Any]]:
        """By student, the results document of every outcome that is kept of an assignment."""
        if not self.path.exists():
            return {}
        with Ledger(self.path) as store:
            return dict(following.documents(store, assignment))

    def drop(self, assignment: str, student: str) -> None:
        """Forgets an outcome that was booked, or whose student is forgotten."""
        if self.path.exists():
            with Ledger(self.path) as store:
                _drop(store, assignment, student)

    def drop_all(self, assignment: str) -> int:
        """Forgets every outcome of an assignment; how many there were."""
        if not self.path.exists():
            return 0
        with Ledger(self.path) as store:
            store.change("delete from past where assignment = ?", (assignment,))
            return store.change("delete from graded where assignment = ?", (assignment,))


def _drop(store: Ledger, assignment: str, student: str) -> None:
    for table in ("graded", "past"):
        store.change(f"delete from {table} where assignment = ? and student = ?", (assignment, student))
