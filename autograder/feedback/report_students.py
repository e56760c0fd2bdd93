"""The students and the tasks of the class report: what counts of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ..language import marked, sentences_of
from . import measures
from .measures import TaskMeasure

if TYPE_CHECKING:
    from autograder.gradebook.scores import FinalScore

_ = sentences_of(__package__)


@dataclass(frozen=True)
class Student:
    """One student: how the report calls them, what was graded, and the final score where the gradebook has one."""

    id: str
    label: str
    result: Mapping[str, Any] | None = None
    final: FinalScore | None = None

    @property
    def score(self) -> float | None:
        """What counts; None where nothing was handed in."""
        if self.final is not None:
            return self.final.score if self.final.handed_in else None
        return self.result["score"] if self.result else None

    @property
    def waits(self) -> bool:
        """Whether a person has still to look at something."""
        return bool(self.result and self.result["status"] == "needs_manual_grade") and not (
            self.final and not any(task.waits for task in self.final.tasks)
        )

    @property
    def state(self) -> str:
        """``missing``, ``not graded yet``, ``late`` or nothing to say."""
        if self.result is None:
            return "missing" if self.final is None or not self.final.handed_in else marked("not graded yet")
        return "late" if self.final and self.final.late > timedelta() else ""

    def points(self, task: str) -> float | None:
        """Of one task, a person's where they gave any; None where there are none yet."""
        found = next((one for one in self.final.tasks if one.task == task), None) if self.final else None
        if found is not None and not (found.waits and found.manual is None):
            if found.automatic is not None or found.manual is not None:
                return found.score
        asked = tasks_of(self.result).get(task)
        return asked["score"] if asked else None


@dataclass(frozen=True)
class Column:
    """One task over the class. earned: points by student, None where there is no score."""

    task: str
    kind: str
    max_score: float
    earned: Mapping[str, float | None]
    measure: TaskMeasure | None = None

    @property
    def mean(self) -> float | None:
        scores = [score for score in self.earned.values() if score is not None]
        return sum(scores) / len(scores) if scores else None

    @property
    def graded(self) -> int:
        """How many students have a score."""
        return sum(score is not None for score in self.earned.values())

    @property
    def share(self) -> float:
        return min(1.0, (self.mean or 0.0) / self.max_score) if self.max_score else 0.0

    @property
    def complete(self) -> int:
        """How many students have all points."""
        return sum(score is not None and score >= self.max_score for score in self.earned.values())


def tasks_of(result: Mapping[str, Any] | None) -> dict[str, Mapping[str, Any]]:
    """A result's tasks by id; none of no result."""
    return {task["task"]: task for task in result["tasks"]} if result else {}


def columns_of(students: Sequence[Student]) -> list[Column]:
    """Every task over the class."""
    tasks = {name: task for one in students for name, task in tasks_of(one.result).items()}
    measured = measures.tasks([one.result for one in students if one.result is not None])
    return [
        Column(
            name, task["kind"], task["max_score"] or 0.0,
            {one.id: one.points(name) for one in students if one.result is not None}, measured.get(name),
        )
        for name, task in tasks.items()
    ]  # fmt: skip
