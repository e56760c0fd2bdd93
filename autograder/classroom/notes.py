"""What instructors decide and hear about a submission and nbgrader has no field for, kept in the ledger.

Why somebody got more time, before anything was handed in too; what a student says against a grade, and what came of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from autograder.classroom.ledger import Ledger
from autograder.faults import MachineFault
from autograder.gradebook.acting import who
from autograder.language import sentences_of

_ = sentences_of(__package__)


@dataclass(frozen=True)
class Extension:
    """More time for a student's assignment: how much, why, and who gave it when (ISO 8601, UTC)."""

    assignment: str
    student: str
    by: timedelta
    why: str
    granted_by: str
    at: str


@dataclass(frozen=True)
class Request:
    """What a student says against a grade. ``outcome`` is None for as long as nobody has answered."""

    id: int
    student: str
    assignment: str
    task: str
    says: str
    noted_by: str
    at: str
    outcome: str | None = None
    closed_by: str | None = None
    closed_at: str | None = None


def extend(ledger: Ledger, assignment: str, student: str, by: timedelta, why: str = "") -> None:
    """Notes more time, in place of what was noted before; none takes the note away."""
    ledger.change("delete from extensions where assignment = ? and student = ?", (assignment, student))
    if by:
        row = (assignment, student, by.total_seconds(), why, who(), now())
        ledger.change("insert into extensions values (?, ?, ?, ?, ?, ?)", row)


def extensions(ledger: Ledger, assignment: str) -> dict[str, Extension]:
    """By student id, who was granted more time."""
    rows = ledger.rows("select * from extensions where assignment = ? order by student", (assignment,))
    return {row[1]: Extension(row[0], row[1], _length(row), *row[3:]) for row in rows}


def _length(row: Sequence[Any]) -> timedelta:
    try:
        return timedelta(seconds=row[2])
    except (TypeError, ValueError, OverflowError) as error:
        raise MachineFault(
            _(
                "The record says that {row} has {row2!r} seconds more for {row3}, which is no length of time; "
                "`autograder extend {row} {row3} --by TIME` puts it right."
            ).format(row=row[1], row2=row[2], row3=row[0])
        ) from error


def granted(ledger: Ledger, assignment: str) -> Mapping[str, timedelta]:
    """By student id, how much more time."""
    return {student: one.by for student, one in extensions(ledger, assignment).items()}


def ask(ledger: Ledger, student: str, assignment: str, task: str, says: str) -> Request:
    """Notes a request; what was noted."""
    row = (student, assignment, task, says, who(), now())
    ledger.change("insert into requests (student, assignment, task, says, by, at) values (?, ?, ?, ?, ?, ?)", row)
    return requests(ledger)[-1]


def close(ledger: Ledger, id: int, outcome: str | None) -> bool:
    """Notes what came of a request, or, with None, that it is open again; False where there is none of that number."""
    closed = (outcome, who(), now()) if outcome is not None else (None, None, None)
    return bool(
        ledger.change("update requests set outcome = ?, closed_by = ?, closed_at = ? where id = ?", (*closed, id))
    )


def drop(ledger: Ledger, id: int) -> bool:
    """Removes a request that was noted by mistake; False where there is none of that number."""
    return bool(ledger.change("delete from requests where id = ?", (id,)))


def requests(ledger: Ledger, *, student: str | None = None, assignment: str | None = None) -> list[Request]:
    """The requests in the order in which they were noted, of everybody and everything unless told."""
    rows = ledger.rows(
        "select * from requests where student = coalesce(?, student) and assignment = coalesce(?, assignment) "
        "order by id",
        (student, assignment),
    )
    return [Request(*row) for row in rows]


def put_sections(ledger: Ledger, sections: Mapping[str, str]) -> None:
    """Notes the sections of students; those of others stay."""
    for student, section in sections.items():
        ledger.change("insert or replace into sections values (?, ?)", (student, section))


def sections(ledger: Ledger) -> dict[str, str]:
    """The sections of students, by id."""
    return dict(map(tuple, ledger.rows("select student, section from sections order by student")))


def now() -> str:
    """This moment, as the record has it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
