"""From what the tests of a task said to what the task earned, and the sentence that goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from autograder.checks.result import TestResult
from autograder.course import Assignment, Task
from autograder.sandbox.limits import Limits
from autograder.submission.reasons import (
    error_sentence,
    first_forbidden,
    forbidden_sentence,
    known,
    raised_memory,
    reason_of_error,
    stop_sentence,
)
from autograder.submission.results import Reason, TaskResult, TaskStatus


@dataclass
class TaskRun:
    """What is known of one task: the tests at its check cell, and how its answer cell ended."""

    task: Task
    limits: Limits
    tests: Sequence[TestResult] = ()
    reason: str | None = None
    sentence: str | None = None
    error: tuple[str, str] | None = None

    @property
    def attempted(self) -> bool:
        """Whether the notebook has the task's names, filled in."""
        return any(test.attempted for test in self.tests)

    @property
    def earned(self) -> float:
        """Points of the tests that passed."""
        return min(sum((test.points for test in self.tests if test.passed), 0.0), self.task.points)


def presentable(test: TestResult) -> TestResult:
    """The test as a student may see it: one that broke would show its own source in what it says.

    A broken test earns nothing: an answer of an odd kind can break a check that its author did not foresee.
    """
    if not test.broken:
        return test
    return replace(test, passed=False, message="This check could not judge the answer; the instructor is told.")


def judge(run: TaskRun, assignment: Assignment) -> TaskResult:
    """The result of an automatic task."""
    reason, sentence = _reason(run, assignment)
    return TaskResult(
        task=run.task.id,
        kind=run.task.kind,
        score=run.earned,
        max_score=run.task.points,
        status=_status(run, reason),
        reason=reason,
        message=sentence or _message(run),
        tests=tuple(run.tests),
    )


def judge_text(task: Task, untouched: bool) -> TaskResult:
    """The result of a text task, which a person grades if there is anything to read."""
    status: TaskStatus = "not_attempted" if untouched else "needs_manual_grade"
    message = "Not attempted yet." if untouched else "Waits for a person to read it."
    return TaskResult(task.id, "text", None, task.points, status, None, message)


def not_gradable(assignment: Assignment, reason: Reason, sentence: str) -> tuple[TaskResult, ...]:
    """The results of all tasks of a submission that could not be graded."""
    return tuple(
        TaskResult(
            task=task.id,
            kind=task.kind,
            score=None if task.kind == "text" else 0.0,
            max_score=task.points,
            status="not_attempted" if task.kind == "text" else "stopped",
            reason=reason,
            message=sentence,
        )
        for task in assignment.tasks
    )


def _status(run: TaskRun, reason: Reason | None) -> TaskStatus:
    if run.tests and all(test.passed for test in run.tests):
        return "passed"
    if run.earned > 0:
        return "partial"
    if reason is not None:
        return "stopped"
    return "failed" if run.attempted or run.error else "not_attempted"


def _reason(run: TaskRun, assignment: Assignment) -> tuple[Reason | None, str | None]:
    """Why something of the task was stopped, with its sentence; nothing if all passed."""
    if run.tests and all(test.passed for test in run.tests):
        return None, None
    if run.reason:
        reason = known(run.reason)
        return reason, run.sentence or stop_sentence(reason, run.limits, "The answer")
    if run.error:
        found = reason_of_error(*run.error, assignment)
        if found:
            return found[0], found[1] or stop_sentence(found[0], run.limits, "The answer")
    library = first_forbidden((test.message for test in run.tests if not test.passed), assignment)
    if library:
        return "forbidden", forbidden_sentence(library, assignment)
    for test in run.tests:
        if test.reason:
            reason = known(test.reason)
            return reason, stop_sentence(reason, run.limits, "A call of the answer") if test.lost else test.message
        found = None if test.passed else raised_memory(test.message)
        if found:
            return found[0], found[1] or stop_sentence(found[0], run.limits, "A call of the answer")
    return None, None


def _message(run: TaskRun) -> str:
    passed = sum(test.passed for test in run.tests)
    if run.tests and passed == len(run.tests):
        return "All checks passed."
    if not run.attempted:
        return error_sentence(*run.error) if run.error else "Not attempted yet."
    first = next(test for test in run.tests if not test.passed)
    return f"{passed} of {len(run.tests)} checks passed; the first to look at: {first.description}"
