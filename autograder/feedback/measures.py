"""The numbers of the class report, each with the line that explains it. Nothing is tested for significance: classes are
small, and a number that a handful of students decide is shown as what it is."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.language import sentences_of

_ = sentences_of(__package__)

FEWEST = 5  # students, below which no discrimination is shown
BINS = 10

EXPLAINED = (
    (_("Final score"), _("automatic points, or a person's where there are any, less the penalty for lateness.")),
    (_("Median"), _("half of the class has at least as much, half at most; one very low score does not move it.")),
    (_("Middle half"), _("from the first to the third quartile: a quarter of the class lies below, a quarter above.")),
    (_("Passed"), _("the share of those who handed in for whom a check, or every check of a task, passed.")),
    (
        _("Discrimination"),
        _(
            "whether those who pass a check also have more of the other points (point-biserial correlation with the "
            "rest, "
            "from −1 to 1). Near 0 or below, look at the check. A few students move it; below {fewest} it is not shown."
        ).format(fewest=FEWEST),
    ),
    (
        _("Time"),
        _(
            "seconds that a task's cells and checks took to grade, as they ran beside other submissions: half of the "
            "class "
            "took as long or longer. It says what the grading costs, and nothing of how long a student worked."
        ),
    ),
)


@dataclass(frozen=True)
class Spread:
    """How scores are distributed. ``bins`` has how many lie in each tenth of the points there were."""

    count: int
    mean: float
    median: float
    lower: float
    upper: float
    least: float
    most: float
    bins: tuple[int, ...]


@dataclass(frozen=True)
class CheckMeasure:
    """One check over the class: how many passed, of those who handed in; of the others, how many had not attempted its
    task, and of how many their code was stopped there; how it goes with the rest, and the median of the seconds that it
    took (both None where that cannot be said)."""

    task: str
    description: str
    points: float
    passed: int
    of: int
    not_attempted: int
    stopped: int
    discrimination: float | None
    seconds: float | None

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.passed / self.of if self.of else 0.0


@dataclass(frozen=True)
class TaskMeasure:
    """One task over the class. ``seconds`` is the median time that its cells and checks took, ``train_seconds`` that of
    training, where the task trains; None where that is not on record."""

    task: str
    passed: int
    of: int
    not_attempted: int
    stopped: int
    discrimination: float | None
    seconds: float | None
    train_seconds: float | None

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.passed / self.of if self.of else 0.0


def spread(scores: Sequence[float], most: float) -> Spread | None:
    """How scores between 0 and ``most`` are distributed; None of nobody's."""
    if not scores:
        return None
    quartiles = statistics.quantiles(scores, n=4, method="inclusive") if len(scores) > 1 else [scores[0]] * 3
    bins = [0] * BINS
    for score in scores:
        bins[min(BINS - 1, max(0, int(BINS * score / most))) if most else 0] += 1
    return Spread(
        len(scores), statistics.fmean(scores), statistics.median(scores), quartiles[0], quartiles[2], min(scores),
        max(scores), tuple(bins),
    )  # fmt: skip


def median_of(values: Iterable[float | None]) -> float | None:
    """The median of what there is; None where there is nothing."""
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def point_biserial(passed: Sequence[bool], rest: Sequence[float]) -> float | None:
    """The correlation of passing with the points of the rest, from -1 to 1. None for fewer than ``FEWEST``, and where
    everybody passed, nobody did, or all have the same rest: then it has no value."""
    count, ones = len(passed), sum(passed)
    if count < FEWEST or ones in (0, count):
        return None
    deviation = statistics.pstdev(rest)
    if deviation < 1e-9:
        return None
    with_it = statistics.fmean(value for value, one in zip(rest, passed, strict=True) if one)
    without = statistics.fmean(value for value, one in zip(rest, passed, strict=True) if not one)
    share = ones / count
    return (with_it - without) / deviation * math.sqrt(share * (1 - share))


def checks(results: Sequence[Mapping[str, Any]]) -> list[CheckMeasure]:
    """Every hidden check over the class. A student whose task was not asked (nothing was attempted, or it was stopped)
    has not passed it."""
    known: dict[tuple[str, str], Mapping[str, Any]] = {}
    for result in results:
        for task in result["tasks"]:
            for test in task.get("tests") or ():
                if test["hidden"]:
                    known[task["task"], test["description"]] = test
    asked: dict[str, list[_Asked]] = {}
    for result in results:
        for task in result["tasks"]:
            passed = frozenset(test["description"] for test in task.get("tests") or () if test["passed"])
            asked.setdefault(task["task"], []).append((result, task, passed))
    return [_check(name, test, asked[name]) for (name, _), test in known.items()]


# A result, one of its tasks, and the descriptions of that task's checks that passed.
_Asked = tuple[Mapping[str, Any], Mapping[str, Any], frozenset[str]]


def _check(name: str, test: Mapping[str, Any], asked: Sequence[_Asked]) -> CheckMeasure:
    """One check, ``test`` as a document has it, over the results of those who handed in, each with its task."""
    points = test["points"]
    passed = [test["description"] in those for _, _, those in asked]
    rest = [result["score"] - (points if one else 0.0) for (result, _, _), one in zip(asked, passed, strict=True)]
    failed = [task for (_, task, _), one in zip(asked, passed, strict=True) if not one]
    took = [_on_record(result, "check_seconds").get(name, {}).get(test["name"]) for result, _, _ in asked]
    return CheckMeasure(
        name, test["description"], points, sum(passed), len(passed),
        sum(task["status"] == "not_attempted" for task in failed),
        sum(bool(task.get("reason")) for task in failed), point_biserial(passed, rest), median_of(took),
    )  # fmt: skip


def tasks(results: Sequence[Mapping[str, Any]]) -> dict[str, TaskMeasure]:
    """By id, every task that checks grade, over the class."""
    found: dict[str, list[tuple[Mapping[str, Any], Mapping[str, Any]]]] = {}
    for result in results:
        for task in result["tasks"]:
            if task["kind"] != "text":
                found.setdefault(task["task"], []).append((task, result))
    return {name: _task(name, asked) for name, asked in found.items()}


def _task(name: str, asked: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> TaskMeasure:
    passed = [task["status"] == "passed" for task, _ in asked]
    rest = [result["score"] - (task["score"] or 0.0) for task, result in asked]
    trained = [
        test["measured"]["train_seconds"]
        for task, _ in asked for test in task.get("tests") or () if "train_seconds" in (test.get("measured") or {})
    ]  # fmt: skip
    took = [_on_record(result, "task_seconds").get(name) for _, result in asked]
    return TaskMeasure(
        name, sum(passed), len(asked), sum(task["status"] == "not_attempted" for task, _ in asked),
        sum(bool(task.get("reason")) for task, _ in asked), point_biserial(passed, rest), median_of(took),
        median_of(trained),
    )  # fmt: skip


def _on_record(result: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What a result's provenance has under a name; nothing in one of an earlier version."""
    found: Mapping[str, Any] = (result.get("provenance") or {}).get(name) or {}
    return found
