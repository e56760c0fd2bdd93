"""What was graded, recorded outside ``autograded/``: so that nothing is run twice, and nothing is lost by a
crash.

A row is written when a worker returns, before any file and before the gradebook. A run that ends between
the two leaves the row, and the next one writes what is missing from it without running the notebook again.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

_TABLE = """
create table if not exists graded (
    assignment text not null, student text not null,
    fingerprint text not null, results blob not null, notebook blob not null,
    committed text,
    primary key (assignment, student)
)
"""


@dataclass(frozen=True)
class Entry:
    """What is on record for a submission: from what it was graded, and as what it was last committed, if it
    was."""

    fingerprint: str
    committed: str | None


class Ledger:
    """The record of one course folder, a SQLite file in its state folder. Safe for several runs at once."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)  # it holds students' work
        self._db = sqlite3.connect(path, timeout=60)
        self._db.execute("pragma journal_mode = wal")
        with self._db:
            self._db.execute(_TABLE)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def entries(self, assignment: str) -> dict[str, Entry]:
        """Every student's entry for an assignment."""
        rows = self._db.execute(
            "select student, fingerprint, committed from graded where assignment = ?", (assignment,)
        )
        return {student: Entry(fingerprint, committed) for student, fingerprint, committed in rows}

    def record(
        self, assignment: str, student: str, fingerprint: str, results: dict[str, Any], notebook: bytes
    ) -> None:
        """Keeps an outcome, in place of the student's earlier one; it counts as not committed yet."""
        document = zlib.compress(json.dumps(results).encode(), 1)
        executed = zlib.compress(notebook, 1)
        with self._db:
            self._db.execute(
                "insert or replace into graded values (?, ?, ?, ?, ?, null)",
                (assignment, student, fingerprint, document, executed),
            )

    def outcome(self, assignment: str, student: str) -> tuple[dict[str, Any], NotebookNode]:
        """The results document and the executed notebook on record; ``KeyError`` if there are none."""
        results, notebook = self.files(assignment, student)
        return results, nbformat.reads(notebook.decode(), as_version=4)

    def files(self, assignment: str, student: str) -> tuple[dict[str, Any], bytes]:
        """As ``outcome``, the notebook as the bytes of its file."""
        row = self._db.execute(
            "select results, notebook from graded where assignment = ? and student = ?", (assignment, student)
        ).fetchone()
        if row is None:
            raise KeyError(student)
        return json.loads(zlib.decompress(row[0])), zlib.decompress(row[1])

    def mark_committed(self, assignment: str, commits: Iterable[tuple[str, str]]) -> None:
        """Notes (student, what was committed) once the gradebook has them."""
        with self._db:
            self._db.executemany(
                "update graded set committed = ? where assignment = ? and student = ?",
                [(committed, assignment, student) for student, committed in commits],
            )
