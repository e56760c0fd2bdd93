"""The document that says what a submission earned: ``autograded/<student>/<assignment>/results.json``.

``score`` and ``max_score`` count automatic points alone; a text task stands in ``tasks`` with ``score``
null, outside both totals. Everybody who reads a result reads this document, so it is validated when it is
read back."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from autograder import files
from autograder.checks.result import TestResult
from autograder.language import sentences_of

_ = sentences_of(__package__)

SCHEMA = 1
FILE_NAME = "results.json"

Status = Literal["graded", "needs_manual_grade", "not_gradable"]
TaskStatus = Literal["passed", "partial", "failed", "not_attempted", "stopped", "needs_manual_grade"]
Device = Literal["cpu", "cuda"]
Reason = Literal["timeout", "memory", "processes", "disk", "output", "died", "network", "forbidden", "malformed"]
DEVICES = frozenset(get_args(Device))
REASONS = frozenset(get_args(Reason))
STATUSES = frozenset(get_args(Status))
TASK_STATUSES = frozenset(get_args(TaskStatus))
# What the document says of a test. The rest, such as the values that a public test saw, is not for everybody.
TEST_FIELDS = ("name", "description", "hidden", "points", "passed", "message", "diagnosis", "counterexample")
EXAMPLE_FIELD = "example"  # stands there where a failed hidden test was explained on public inputs


class InvalidResults(ValueError):
    """A results document does not have the form that the project writes."""


@dataclass(frozen=True)
class TaskResult:
    """What one task earned, with one sentence for the student. ``score`` is None for a text task."""

    task: str
    kind: Literal["code", "answer", "text"]
    score: float | None
    max_score: float
    status: TaskStatus
    reason: Reason | None
    message: str
    tests: tuple[TestResult, ...] = ()


@dataclass(frozen=True)
class Provenance:
    """From what a result came: equal provenance and an equal notebook give an equal result.

    ``seed`` names the course's secret without revealing it. ``isolation`` is empty if grading ran without.
    ``datasets`` names the images that the notebook could load, ``device`` says where it could compute.
    ``task_seconds`` has the wall time that the cells and the checks of each task took, where they ran;
    ``check_seconds`` that of each check, by task and name.
    """

    checks: str
    environment: str
    seed: int
    isolation: tuple[str, ...]
    graded_at: str
    seconds: float
    datasets: tuple[str, ...] = ()
    device: Device = "cpu"
    task_seconds: Mapping[str, float] = field(default_factory=dict)
    check_seconds: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The provenance as JSON has it."""
        return {**asdict(self), "isolation": list(self.isolation), "datasets": list(self.datasets)}


@dataclass(frozen=True)
class Results:
    """The whole document. ``notes`` are sentences for the student on what was done with the notebook as a whole; the
    document has them only where there are any."""

    assignment: str
    student: str
    status: Status
    reason: Reason | None
    tasks: tuple[TaskResult, ...]
    provenance: Provenance
    notes: tuple[str, ...] = ()
    schema: int = field(default=SCHEMA)

    @property
    def score(self) -> float:
        """Automatic points earned."""
        return round(sum(task.score or 0.0 for task in self.tasks), 6)

    @property
    def max_score(self) -> float:
        """The automatic points there are."""
        return sum(task.max_score for task in self.tasks if task.kind != "text")

    def to_dict(self) -> dict[str, Any]:
        """The document as JSON has it."""
        return {
            "schema": self.schema,
            "assignment": self.assignment,
            "student": self.student,
            "status": self.status,
            "reason": self.reason,
            "score": self.score,
            "max_score": self.max_score,
            "tasks": [{**asdict(task), "tests": [_document(test) for test in task.tests]} for task in self.tasks],
            "provenance": self.provenance.to_dict(),
            **({"notes": list(self.notes)} if self.notes else {}),
        }

    @classmethod
    def from_dict(cls, document: Any) -> Results:
        """Reads the document back; raises ``InvalidResults`` if it is not one."""
        try:
            results = cls(
                assignment=document["assignment"],
                student=document["student"],
                status=document["status"],
                reason=document["reason"],
                tasks=tuple(_task(task) for task in document["tasks"]),
                provenance=_provenance(document["provenance"]),
                notes=tuple(document.get("notes", ())),
                schema=document["schema"],
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise InvalidResults(
                _("The results lack a field or have a wrong one: {error}.").format(error=error)
            ) from error
        _validate(results, document)
        return results


def _document(test: TestResult) -> dict[str, Any]:
    """A test as JSON has it; ``measured`` and ``example`` stand there only where something was."""
    document = {name: getattr(test, name) for name in TEST_FIELDS}
    if test.example:
        document[EXAMPLE_FIELD] = test.example
    return document if test.measured is None else {**document, "measured": dict(test.measured)}


def _task(document: Mapping[str, Any]) -> TaskResult:
    return TaskResult(**{**document, "tests": tuple(_test(test) for test in document["tests"])})


def _test(document: Mapping[str, Any]) -> TestResult:
    if unknown := set(document) - {*TEST_FIELDS, "measured", EXAMPLE_FIELD}:
        raise TypeError(_("a test with {unknown!r}").format(unknown=min(unknown)))
    return TestResult(**document)


def _provenance(document: Mapping[str, Any]) -> Provenance:
    datasets = tuple(document.get("datasets", ()))  # results of earlier versions have none
    return Provenance(**{**document, "isolation": tuple(document["isolation"]), "datasets": datasets})


def _validate(results: Results, document: Mapping[str, Any]) -> None:
    if results.schema != SCHEMA:
        raise InvalidResults(
            _("The results have schema {schema!r}; this version reads {schema2}.").format(
                schema=results.schema, schema2=SCHEMA
            )
        )
    reasons = [results.reason, *(task.reason for task in results.tasks)]
    if results.status not in STATUSES or any(r is not None and r not in REASONS for r in reasons):
        raise InvalidResults(_("The results have an unknown status or reason."))
    for task in results.tasks:
        if task.status not in TASK_STATUSES or (task.score is None) != (task.kind == "text"):
            raise InvalidResults(
                _("Task {task!r} has an unknown status, or a score where none belongs.").format(task=task.task)
            )
        if task.score is not None and not 0 <= task.score <= task.max_score:
            raise InvalidResults(
                _("Task {task!r} has {score} of {max_score} points.").format(
                    task=task.task, score=task.score, max_score=task.max_score
                )
            )
        for test in task.tests:
            if not all(isinstance(v, int | float) and math.isfinite(v) for v in (test.measured or {}).values()):
                raise InvalidResults(
                    _("Task {task!r} has measured something that is no finite number.").format(task=task.task)
                )
    if results.provenance.device not in DEVICES:
        raise InvalidResults(
            _("The results name the unknown device {device!r}.").format(device=results.provenance.device)
        )
    if (document["score"], document["max_score"]) != (results.score, results.max_score):
        raise InvalidResults(_("The totals are not the sums of the tasks."))


def write_results(folder: Path, results: Results | Mapping[str, Any]) -> Path:
    """Writes ``results.json`` into ``folder``; call it last, because its presence says the folder is
    complete."""
    document = results.to_dict() if isinstance(results, Results) else dict(results)
    path = folder / FILE_NAME
    files.write(path, (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode())
    return path


def read_results(folder: Path) -> Results:
    """Reads and validates ``results.json``; ``InvalidResults`` if it is not one, ``OSError`` if it is not
    there."""
    try:
        document = json.loads((folder / FILE_NAME).read_bytes())
    except ValueError as error:
        raise InvalidResults(
            _("{file_name} is not valid JSON: {error}.").format(file_name=FILE_NAME, error=error)
        ) from error
    return Results.from_dict(document)
