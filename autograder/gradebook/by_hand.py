"""What a person decided about a submission, as plain data for whoever shows or adds it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ManualGrade:
    """What a person decided about one task: points instead of the automatic ones, points beyond, a comment."""

    score: float | None = None
    extra: float = 0.0
    comment: str = ""


@dataclass(frozen=True)
class Manual:
    """A submission's manual grades by task id, and the points taken for handing it in late."""

    grades: Mapping[str, ManualGrade] = field(default_factory=dict)
    late_penalty: float = 0.0

    def of(self, task: str) -> ManualGrade:
        return self.grades.get(task, ManualGrade())
