"""What the class report says beside numbers: misconceptions, what was stopped, who needs help, who graded, what changed
since another term."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..language import sentences_of
from . import measures
from .clean import clean
from .measures import Spread
from .model import in_words
from .page import MESSAGE_CHARACTERS
from .render import number
from .report_students import Student, tasks_of

if TYPE_CHECKING:
    from autograder.gradebook.scores import FinalScore, TaskScore

_ = sentences_of(__package__)

FAR_BELOW = 0.5  # of the median
Link = Callable[[str, int], str | None]


@dataclass(frozen=True)
class Holder:
    """A student with a misconception, and where their answer is shown."""

    label: str
    link: str | None = None


@dataclass(frozen=True)
class Belief:
    """One misconception in the class: its id, the sentence that students read, who has it."""

    task: str
    id: str
    sentence: str
    holders: tuple[Holder, ...]

    @property
    def students(self) -> tuple[str, ...]:
        return tuple(holder.label for holder in self.holders)


@dataclass(frozen=True)
class Stop:
    """One task of one submission that was stopped, or a submission that could not be graded."""

    student: str
    task: str
    reason: str
    message: str


@dataclass(frozen=True)
class HandGraded:
    """What one person graded by hand of one task: how many answers, and the mean share of the points that they gave,
    from 0 to 1. ``by`` is empty where nobody noted it."""

    by: str
    task: str
    answers: int
    share: float | None


@dataclass(frozen=True)
class Need:
    """A student who may need help, and the reasons."""

    student: str
    link: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Then:
    """A task or a misconception in another term: the share then and now, from 0 to 1."""

    task: str
    what: str
    before: float | None
    now: float | None


def beliefs(students: Sequence[Student], link: Link) -> list[Belief]:
    """What the class misunderstands, that of the most students first."""
    holders: dict[tuple[str, str], dict[str, Holder]] = {}
    sentences: dict[tuple[str, str], str] = {}
    for one in students:
        for place, task in enumerate(tasks_of(one.result).values(), 1):
            for test in task.get("tests") or []:
                if test.get("diagnosis"):
                    key = task["task"], test["diagnosis"]
                    holders.setdefault(key, {})[one.id] = Holder(one.label, link(one.id, place))
                    sentences.setdefault(key, clean(test["message"])[:MESSAGE_CHARACTERS])
    found = [Belief(task, id, sentences[task, id], tuple(who.values())) for (task, id), who in holders.items()]
    return sorted(found, key=lambda belief: (-len(belief.holders), belief.task, belief.id))


def stops(students: Sequence[Student]) -> list[Stop]:
    """What was stopped, and what could not be graded."""
    stops = []
    for one in students:
        result = one.result
        if result is None:
            continue
        if result["status"] == "not_gradable":
            message = next((task["message"] for task in result["tasks"] if task.get("message")), "")
            stops.append(Stop(one.label, _("the whole notebook"), result.get("reason") or "malformed", clean(message)))
            continue
        stops += [
            Stop(one.label, task["task"], task["reason"], clean(task.get("message") or ""))
            for task in result["tasks"] if task.get("reason")
        ]  # fmt: skip
    return stops


def needs(students: Sequence[Student], spread: Spread | None, link: Link) -> list[Need]:
    """Who may need help, those with the most reasons first: plain facts, and no verdict."""
    found = []
    for one in students:
        reasons = [in_words(one.state)] if one.state in ("missing", "late") else []
        left = [name for name, task in tasks_of(one.result).items() if task["status"] == "not_attempted"]
        if left:
            reasons.append(_("has not attempted {left}").format(left=", ".join(left)))
        if one.result is not None and one.result["status"] == "not_gradable":
            reasons.append(_("handed in what cannot be graded"))
        score = one.score
        if spread and score is not None and score < FAR_BELOW * spread.median:
            reasons.append(_("has {score} points, less than half of the median").format(score=number(score)))
        if reasons:
            found.append(Need(one.label, link(one.id, 0) if one.result else None, tuple(reasons)))
    return sorted(found, key=lambda need: (-len(need.reasons), need.student))


def hands(finals: Sequence[FinalScore]) -> list[HandGraded]:
    """Who graded what by hand, by task: several who grade one task can see how alike they judge."""
    found: dict[tuple[str, str], list[TaskScore]] = {}
    for task in (task for one in finals for task in one.tasks if task.manual is not None):
        found.setdefault((task.task, task.given_by), []).append(task)
    return [
        HandGraded(by, name, len(given), _mean_share(given))
        for (name, by), given in sorted(found.items())
    ]  # fmt: skip


def _mean_share(given: Sequence[TaskScore]) -> float | None:
    shares = [(task.manual or 0.0) / task.max_score for task in given if task.max_score]
    return sum(shares) / len(shares) if shares else None


def then(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[Then]:
    """Tasks and misconceptions of two terms: the share that passed, the share that has it."""
    if not before:
        return []
    was, is_ = measures.tasks(before), measures.tasks(now)
    found = [
        Then(task, "passed", was[task].share if task in was else None, is_[task].share if task in is_ else None)
        for task in {**is_, **was}
    ]
    held, holds = _shares(before), _shares(now)
    for task, id in sorted({**holds, **held}):
        found.append(Then(task, id, held.get((task, id), 0.0), holds.get((task, id), 0.0)))
    return found


def _shares(results: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], float]:
    students = [Student(str(place), "", result) for place, result in enumerate(results)]
    return {(one.task, one.id): len(one.holders) / len(results) for one in beliefs(students, lambda *_: None)}
