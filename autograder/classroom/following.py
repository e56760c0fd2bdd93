"""Following the record while another process grades: which results came since one last looked, without reading the
rest again."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.classroom.ledger import Ledger

_AT_ONCE = 500  # students in one question; SQLite takes a limited number of values


@dataclass(frozen=True)
class Mark:
    """How far the record has been read: the state of its schema, which every compaction changes, the results of the
    assignment, and the last row of those that count and of those that became history."""

    schema: int
    count: int
    last: int
    past: int


def mark(ledger: Ledger, assignment: str) -> Mark:
    """How far the record goes now, for one assignment."""
    ((schema,),) = ledger.rows("pragma schema_version")
    query = (
        "select (select count(*) from graded where assignment = ?), "
        "(select coalesce(max(rowid), 0) from graded), (select coalesce(max(rowid), 0) from past)"
    )
    ((count, last, past),) = ledger.rows(query, (assignment,))
    return Mark(schema, count, last, past)


def changed(ledger: Ledger, assignment: str, since: Mark | None, now: Mark) -> list[str] | None:
    """The students who have another result than at the mark ``since``; None where that cannot be told, and all have to
    be read: nothing was read yet, or a student was forgotten."""
    if since is None or since.schema != now.schema or now.count < since.count:
        return None
    if now.last < since.last or now.past < since.past:
        return None
    query = (
        "select student from graded where assignment = ? and rowid > ? "
        "union select student from past where assignment = ? and rowid > ?"
    )
    return [student for (student,) in ledger.rows(query, (assignment, since.last, assignment, since.past))]


def documents(
    ledger: Ledger, assignment: str, students: Sequence[str] | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """(student, results document) of those who have a result, of all or of some; damaged ones are left out."""
    chosen = students if students is not None else every(ledger, assignment)
    for start in range(0, len(chosen), _AT_ONCE):
        some = chosen[start : start + _AT_ONCE]
        query = f"select student, results from graded where assignment = ? and student in ({','.join('?' * len(some))})"
        for student, blob in ledger.rows(query, (assignment, *some)):
            try:
                document = json.loads(zlib.decompress(blob))
            except (zlib.error, ValueError, TypeError):
                continue
            if isinstance(document, dict):
                yield student, document


def latest(ledger: Ledger) -> list[str]:
    """The assignments of which anything was graded; first the one whose newest result came last."""
    rows = ledger.rows("select assignment from graded group by assignment order by max(rowid) desc")
    return [name for (name,) in rows]


def every(ledger: Ledger, assignment: str) -> list[str]:
    """Everybody who has a result, by id."""
    return [one for (one,) in ledger.rows("select student from graded where assignment = ? order by 1", (assignment,))]
