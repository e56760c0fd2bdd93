"""Grading by hand, as the record keeps it: rubric items, what holds for an answer, who is at it, what was done.

Points and comments themselves are in nbgrader's gradebook, and what stands there counts.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from autograder.classroom.ledger import Ledger
from autograder.classroom.notes import now
from autograder.gradebook.acting import who

CLAIMED_S = 600.0  # how long an answer is somebody's after they last did something there
_PUT = (
    "insert or replace into marks (assignment, student, task, items, free, score, by, at) "
    "values (?, ?, ?, ?, ?, ?, ?, ?)"
)
_ITEM = "id, says, points"


@dataclass(frozen=True)
class Item:
    """A rubric item of a task: what it says (Markdown) and its points, which may be below zero."""

    id: int
    says: str
    points: float


@dataclass(frozen=True)
class Mark:
    """What was given for an answer: the items that hold, points besides (None: nobody gave any), and the score that was
    written into the gradebook (None: none was)."""

    items: tuple[int, ...] = ()
    free: float | None = None
    score: float | None = None

    def total(self, items: Iterable[Item], most: float) -> float | None:
        """The score that follows, from 0 to ``most``; None where nothing was given."""
        if not self.items and self.free is None:
            return None
        points = sum(item.points for item in items if item.id in self.items) + (self.free or 0.0)
        return round(min(max(points, 0.0), most), 6)


@dataclass(frozen=True)
class Step:
    """A part of an act: what it changed of one answer, or (without a student) of an item."""

    student: str
    what: str
    before: Mapping[str, object]
    after: Mapping[str, object]


@dataclass(frozen=True)
class Act:
    """Something that a grader did at once, to one answer or to many."""

    id: str
    by: str
    at: str
    steps: Sequence[Step]


def items(ledger: Ledger, assignment: str, task: str) -> list[Item]:
    """A task's items in their order, which is that of their keys."""
    query = f"select {_ITEM} from rubric_items where assignment = ? and task = ? order by place, id"
    return [Item(*row) for row in ledger.rows(query, (assignment, task))]


def add_items(ledger: Ledger, assignment: str, task: str, new: Iterable[tuple[str, float]]) -> None:
    """Adds items behind those that there are."""
    query = (
        "insert into rubric_items (assignment, task, place, says, points, by, at) "
        "select ?, ?, coalesce(max(place), 0) + 1, ?, ?, ?, ? from rubric_items where assignment = ? and task = ?"
    )
    of = (assignment, task)
    ledger.change_all((query, (*of, says, points, who(), now(), *of)) for says, points in new)


def begin_items(ledger: Ledger, assignment: str, task: str, scheme: Sequence[tuple[str, float]]) -> list[Item]:
    """A task's items; those of its mark scheme where nobody has made any yet, once."""
    of = (assignment, task)
    begun = f"rubric of {assignment}/{task}"
    if ledger.get(begun) is None:
        query = (
            "insert into rubric_items (assignment, task, place, says, points, by, at) select ?, ?, ?, ?, ?, ?, ? "
            "where not exists (select 1 from about where name = ?)"
        )
        rows = [(query, (*of, n, *one, who(), now(), begun)) for n, one in enumerate(scheme, 1)]
        # Two graders may open a task at the same moment: the second one's rows find the note of the first.
        ledger.change_all([*rows, ("insert or ignore into about values (?, ?)", (begun, b""))])
    return items(ledger, assignment, task)


def change_item(ledger: Ledger, item: Item) -> None:
    """Has an item say, or be worth, something else."""
    ledger.change("update rubric_items set says = ?, points = ? where id = ?", (item.says, item.points, item.id))


def remove_item(ledger: Ledger, id: int) -> None:
    """Removes an item; the marks that name it count it no more."""
    ledger.change("delete from rubric_items where id = ?", (id,))


def marks(ledger: Ledger, assignment: str, task: str, student: str | None = None) -> dict[str, Mark]:
    """By student, what was given at the desk for a task, to everybody unless told."""
    rows = ledger.rows(
        "select student, items, free, score from marks where assignment = ? and task = ? "
        "and student = coalesce(?, student)",
        (assignment, task, student),
    )
    return {name: Mark(tuple(json.loads(held)), free, score) for name, held, free, score in rows}


def put(ledger: Ledger, assignment: str, task: str, given: Mapping[str, Mark]) -> None:
    """Keeps what was given for answers, all or none."""
    ledger.change_all(
        (_PUT, (assignment, student, task, json.dumps(sorted(mark.items)), mark.free, mark.score, who(), now()))
        for student, mark in given.items()
    )


def claim(ledger: Ledger, assignment: str, task: str, student: str, *, take: bool = False) -> str:
    """Has an answer be whose it is: one's own for a while, if it is free, or is taken. Whose it is."""
    moment = time.time()
    ledger.change(
        "insert into claims (assignment, task, student, by, until) values (?, ?, ?, ?, ?) "
        "on conflict (assignment, task, student) do update set by = excluded.by, until = excluded.until "
        "where claims.by = excluded.by or claims.until not between ? and ? or ?",
        (assignment, task, student, who(), moment + CLAIMED_S, *_lasting(moment), take),
    )
    return claims(ledger, assignment, task).get(student, who())


def claims(ledger: Ledger, assignment: str, task: str) -> dict[str, str]:
    """By student, who is at their answer now."""
    query = "select student, by from claims where assignment = ? and task = ? and until between ? and ?"
    return dict(map(tuple, ledger.rows(query, (assignment, task, *_lasting(time.time())))))


def _lasting(moment: float) -> tuple[float, float]:
    """Between what moments a claim ends that holds now. One that ends later was made before the clock was set back."""
    return moment, moment + 2 * CLAIMED_S


def leave(ledger: Ledger, assignment: str, task: str, student: str) -> None:
    """Gives up one's own claim."""
    query = "delete from claims where assignment = ? and task = ? and student = ? and by = ?"
    ledger.change(query, (assignment, task, student, who()))


def note(ledger: Ledger, assignment: str, task: str, steps: Iterable[Step]) -> None:
    """Notes an act of whoever acts, so that it can be undone."""
    act = secrets.token_hex(8)
    query = (
        "insert into acts (act, assignment, task, student, what, before, after, by, at) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
    ledger.change_all(
        (query, (act, assignment, task, one.student, one.what, json.dumps(dict(one.before)),
                 json.dumps(dict(one.after)), who(), now()))
        for one in steps
    )  # fmt: skip


def last_act(ledger: Ledger, assignment: str, task: str) -> Act | None:
    """What whoever acts did last for a task and has not undone."""
    rows = ledger.rows(
        "select act, by, at, student, what, before, after from acts where act = (select act from acts "
        "where assignment = ? and task = ? and by = ? order by id desc limit 1) order by id",
        (assignment, task, who()),
    )
    if not rows:
        return None
    steps = [Step(student, what, json.loads(before), json.loads(after)) for *_, student, what, before, after in rows]
    id, by, at = rows[0][:3]
    return Act(id, by, at, steps)


def drop_act(ledger: Ledger, act: Act) -> None:
    """Forgets an act, which is undone."""
    ledger.change("delete from acts where act = ?", (act.id,))


def as_json(item: Item) -> dict[str, object]:
    """An item as a step keeps it."""
    return asdict(item)
