"""What a person decided about a submission, as plain data for whoever shows or adds it up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Given:
    """One change by a person: the points or the comment that stood there afterwards (``what`` says which of the two),
    who made it, and when (ISO 8601, UTC). ``score`` is None where the checks' points were left to stand."""

    student: str
    task: str
    what: str
    score: float | None
    extra: float
    comment: str
    by: str
    at: str


@dataclass(frozen=True)
class ManualGrade:
    """What a person decided about one task: points instead of the automatic ones, points beyond, a comment. ``by`` is
    who gave the points, or the comment where there are none; empty where that was not noted."""

    score: float | None = None
    extra: float = 0.0
    comment: str = ""
    by: str = ""


@dataclass(frozen=True)
class Manual:
    """A submission's manual grades by task id, and the points taken for handing it in late; ``given`` is how they came
    to be, the oldest change first."""

    grades: Mapping[str, ManualGrade] = field(default_factory=dict)
    late_penalty: float = 0.0
    given: Sequence[Given] = ()

    def of(self, task: str) -> ManualGrade:
        return self.grades.get(task, ManualGrade())
