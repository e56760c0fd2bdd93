"""A class graded without kernels: what a submission earns is read off its source, and everything around is real.

For tests of what surrounds grading. `corrected` stands for a check that was wrong and is put right: it then forgives
`abs` in the task `double`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Console

from autograder.checks.result import TestResult
from autograder.classroom.grade import grade_class
from autograder.classroom.options import Options
from autograder.classroom.run import Summary
from autograder.classroom.worker import Done, WorkerSpec
from autograder.course import Course
from autograder.submission.results import Provenance, Results, TaskResult
from autograder.submission.submission import Job, Outcome

ABS = "The result has lost its sign: a negative number doubled is negative."


def tests_of(task: str, source: str, corrected: bool = False) -> list[TestResult]:
    """What the pretended checks of the small course find in an answer."""
    if task == "double":
        right = "2 * x" in source
        signed = right and (corrected or "abs" not in source)
        wrong: dict[str, Any] = {} if signed or not right else {"message": ABS, "diagnosis": "sign-lost"}
        return [
            TestResult("test_small", "Twice a number.", True, 1.0, right, "" if right else "The result is wrong."),
            TestResult("test_sign", "Negative numbers too.", True, 3.0, signed, **wrong),
        ]
    if task == "square":
        return [TestResult("test_square", "A number times itself.", True, 6.0, "x * x" in source)]
    return [TestResult("test_total", "The total is 3.", True, 2.0, "'total': 3" in source)]


def outcome(job: Job, course: Course, assignment: str, corrected: bool) -> Outcome:
    """The outcome of a submission."""
    cells = {
        cell["metadata"].get("nbgrader", {}).get("grade_id"): "".join(cell["source"])
        for cell in json.loads(job.notebook or b'{"cells": []}')["cells"]
    }
    tasks, answers = [], {}
    for task in course.assignment(assignment).tasks:
        source = cells.get(task.id, "")
        answers[task.id] = hashlib.sha256(source.encode()).hexdigest()
        untouched = "NotImplementedError" in source or "None}" in source or source == "*Your answer.*"
        if task.kind == "text":
            status = "not_attempted" if untouched else "needs_manual_grade"
            tasks.append(TaskResult(task.id, "text", None, task.points, status, None, ""))
            continue
        tests = [] if untouched else tests_of(task.id, source, corrected)
        score = sum(test.points for test in tests if test.passed)
        status = "passed" if score == task.points else "partial" if score else "failed"
        stopped = "while True" in source
        tasks.append(
            TaskResult(
                task.id, task.kind, score, task.points,
                "stopped" if stopped else "not_attempted" if untouched else status,
                "timeout" if stopped else None, "Your code was stopped." if stopped else "", tuple(tests),
            )
        )  # fmt: skip
    waits = any(task.status == "needs_manual_grade" for task in tasks)
    provenance = Provenance(
        job.checks, job.environment, job.seed_id, (), "2026-01-02T00:00:00+00:00", 1.5,
        task_seconds={task.task: 0.5 for task in tasks if task.tests},
        check_seconds={task.task: {test.name: 0.25 for test in task.tests} for task in tasks if task.tests},
    )  # fmt: skip
    status = "needs_manual_grade" if waits else "graded"
    results = Results(assignment, job.student, status, None, tuple(tasks), provenance)
    return Outcome(results, job.notebook or b"{}", answers=answers)


class Pretended:
    """In place of the workers."""

    def __init__(self, spec: WorkerSpec, corrected: bool, ran: list[str]) -> None:
        self._spec, self._corrected, self._ran = spec, corrected, ran
        self.running: dict[str, float] = {}

    def __enter__(self) -> Pretended:
        return self

    def __exit__(self, *exception: object) -> None: ...

    def run(self, jobs: Iterable[Job | None]) -> Iterator[Done | None]:
        for job in jobs:
            if job is None:
                yield None
                continue
            self._ran.append(job.student)
            yield Done(job.student, outcome(job, Course(self._spec.root), self._spec.assignment, self._corrected))


def grade(
    root: Path, *, corrected: bool = False, name: str = "00-small", preview: bool = False, **own: Any
) -> tuple[Summary, list[str]]:
    """Grades the small course; what the command would say, and who was run. Pretends that the checks were changed by
    another file among them."""
    ran: list[str] = []
    course = Course(root)
    marker = course.assignment(name).folder / "corrected.txt"
    if corrected:
        marker.write_text("The check forgives abs.\n")
    else:
        marker.unlink(missing_ok=True)

    def executor(spec: WorkerSpec, size: int, total_s: float) -> Any:
        return Pretended(spec, corrected, ran)

    options = Options(**{"jobs": 1, "device": "cpu", "isolation": "off", **own})
    console = Console(quiet=True)
    summary = grade_class(
        name, folder=root, options=options, console=console, course=course, make_executor=executor, preview=preview
    )
    return summary, ran
