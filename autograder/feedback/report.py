"""The class report: final scores, how tasks and checks went, what the class misunderstands, who needs help.

As JSON and as CSV; `report_page` and `report_text` show it. Where the gradebook has final scores, they count: manual
points and penalties are in them, and so is who handed in nothing. Without, it is the automatic points of those who were
graded.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from . import measures
from .clean import clean
from .measures import CheckMeasure, Spread, TaskMeasure
from .report_findings import Belief, HandGraded, Link, Need, Stop, Then, beliefs, hands, needs, stops, then
from .report_students import Column, Student, columns_of

if TYPE_CHECKING:
    from autograder.gradebook.scores import FinalScore

Label = Callable[[str], str]


@dataclass(frozen=True)
class ClassReport:
    """What the class report shows."""

    assignment: str
    students: Sequence[Student]
    columns: Sequence[Column]
    checks: Sequence[CheckMeasure]
    beliefs: Sequence[Belief]
    stops: Sequence[Stop]
    needs: Sequence[Need]
    hands: Sequence[HandGraded]
    then: Sequence[Then]
    spread: Spread | None
    max_score: float
    final: bool  # whether scores are final ones

    @property
    def results(self) -> list[Mapping[str, Any]]:
        return [one.result for one in self.students if one.result is not None]

    @property
    def seconds(self) -> float | None:
        """The median time that grading a submission took; None where that is not on record."""
        return measures.median_of((result.get("provenance") or {}).get("seconds") for result in self.results)

    @property
    def automatic(self) -> list[Column]:
        """The tasks that are graded by running checks."""
        return [column for column in self.columns if column.kind != "text"]

    @property
    def waiting(self) -> int:
        return sum(one.waits for one in self.students)

    @property
    def missing(self) -> int:
        return sum(one.state == "missing" for one in self.students)

    @property
    def late(self) -> int:
        return sum(one.state == "late" for one in self.students)

    def as_json(self) -> dict[str, Any]:
        """For another program."""
        return {
            "schema": 1, "assignment": self.assignment, "max_score": self.max_score, "final_scores": self.final,
            "spread": asdict(self.spread) if self.spread else None,
            "students": [
                {
                    "student": one.label, "score": one.score, "state": one.state or "graded", "waits": one.waits,
                    "penalty": one.final.penalty if one.final else 0.0,
                    "tasks": {column.task: one.points(column.task) for column in self.columns},
                }
                for one in self.students
            ],
            "tasks": [
                {
                    "task": one.task, "kind": one.kind, "max_score": one.max_score, "mean": one.mean,
                    "complete": one.complete, **({} if one.measure is None else _measured(one.measure)),
                }
                for one in self.columns
            ],
            "checks": [{**asdict(one), "share": one.share} for one in self.checks],
            "graded_by_hand": [asdict(one) for one in self.hands],
            "misconceptions": [
                {"task": one.task, "id": one.id, "sentence": one.sentence, "students": list(one.students)}
                for one in self.beliefs
            ],
            "stopped": [asdict(one) for one in self.stops],
            "needs_help": [{"student": one.student, "reasons": list(one.reasons)} for one in self.needs],
            "seconds": self.seconds,
            "last_term": [asdict(one) for one in self.then],
        }  # fmt: skip

    def as_csv(self) -> str:
        """A row for each task and for each of its checks, lines ended by CR LF."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([
            "assignment", "task", "check", "points", "passed", "of", "share", "discrimination", "not_attempted",
            "stopped", "median_seconds",
        ])  # fmt: skip
        for column in self.columns:
            numbers = _numbers(column.measure) if column.measure else [""] * 7
            writer.writerow([self.assignment, column.task, "", f"{column.max_score:g}", *numbers])
            for check in (check for check in self.checks if check.task == column.task):
                said = check.description if check.description[:1] not in "=+-@\t\r" else f"'{check.description}"
                writer.writerow([self.assignment, check.task, said, f"{check.points:g}", *_numbers(check)])
        return out.getvalue()


def summarise(
    results: Sequence[Mapping[str, Any]], finals: Sequence[FinalScore] = (), *,
    before: Sequence[Mapping[str, Any]] = (), label: Label = str, link: Link = lambda student, task: None,
) -> ClassReport:  # fmt: skip
    """The report's content from the documents of ``results.json`` and the gradebook's final scores.

    before: the documents of another term; label: how a student is called; link: where the answer to the task with that
    place (1 is the first) of a student is shown.
    """
    by_id = {result["student"]: result for result in results}
    final = {one.person.id: one for one in finals}
    ids = sorted({*by_id, *final})
    students = [Student(id, clean(label(id)), by_id.get(id), final.get(id)) for id in ids]
    students.sort(key=lambda one: one.label)
    ordered = [one.result for one in students if one.result is not None]
    name = clean(ordered[0]["assignment"]) if ordered else ""
    columns = columns_of(students)
    possible = max((one.max_score for one in finals), default=0.0)
    most = possible or max((result["max_score"] for result in ordered), default=0.0)
    scores = [score for one in students if (score := one.score) is not None]
    spread = measures.spread(scores, most)
    return ClassReport(
        name, students, columns, measures.checks(ordered), beliefs(students, link), stops(students),
        needs(students, spread, link), hands(finals), then(before, ordered), spread, most, bool(finals),
    )  # fmt: skip


def _measured(measure: TaskMeasure) -> dict[str, Any]:
    return {**asdict(measure), "share": measure.share}


def _numbers(one: TaskMeasure | CheckMeasure) -> list[Any]:
    """A row's numbers in the CSV file."""
    discrimination = "" if one.discrimination is None else f"{one.discrimination:.4f}"
    seconds = "" if one.seconds is None else f"{one.seconds:.3f}"
    return [one.passed, one.of, f"{one.share:.4f}", discrimination, one.not_attempted, one.stopped, seconds]
