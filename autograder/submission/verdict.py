"""From what the tests of a task said to what the task earned, and the sentence that goes with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from autograder.checks.reading import with_near_name
from autograder.checks.result import TestResult
from autograder.course import Assignment, Task
from autograder.language import sentences_of
from autograder.sandbox.limits import Limits
from autograder.submission.notebook import grade_id_of
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
from autograder.submission.text import one_line, plain

_ = sentences_of(__package__)

EXAMPLE = 3_000  # characters
OTHER_NAMES = 3
_CALLED = re.compile(r"^(?:async[ ]+)?(?:def|class)[ ]+([A-Za-z_]\w{0,59})\b", re.MULTILINE)
_DEFINED = re.compile(r"^(?:(?:async[ ]+)?(?:def|class)[ ]+)?([A-Za-z_]\w{0,59})[ ]*(?=[(:=])", re.MULTILINE)
BROKEN = _("This check could not judge the answer; the instructor is told.")


@dataclass
class TaskRun:
    """What is known of one task: the tests at its check cell, and how its answer cell ended.

    ``mark`` is where its names were as the tests found them, ``seconds`` the wall time of its cells and checks.
    """

    task: Task
    limits: Limits
    tests: Sequence[TestResult] = ()
    reason: str | None = None
    sentence: str | None = None
    error: tuple[str, str] | None = None
    mark: str = ""
    seconds: float = 0.0

    @property
    def to_explain(self) -> frozenset[str]:
        """The hidden tests that failed and can be asked again."""
        failed = (test for test in self.tests if test.hidden and not test.passed and test.attempted)
        return frozenset(test.name for test in failed if not (test.lost or test.broken))

    @property
    def attempted(self) -> bool:
        """Whether the notebook has the task's names, filled in."""
        return any(test.attempted for test in self.tests)

    @property
    def earned(self) -> float:
        """Points of the tests that passed."""
        return min(sum((test.points for test in self.tests if test.passed), 0.0), self.task.points)


def presentable(test: TestResult) -> TestResult:
    """The test as a student may see it.

    One that broke would show its own source in what it says. A broken test earns nothing: an answer of an odd kind can
    break a check that its author did not foresee. A hidden test says its fixed sentence: what else it said could carry
    hidden inputs out; see `explained`.
    """
    if test.broken:
        test = replace(test, passed=False, message=BROKEN, fixed=BROKEN, details="")
    if not test.hidden or test.passed or not test.attempted:
        return test
    return replace(test, message=test.fixed, raw=test.message, fixed="", details="", counterexample=None)


def with_name_that_is_there(test: TestResult, task: Task, cells: Iterable[NotebookNode]) -> TestResult:
    """A test that found a name of the task missing, with the name that stands in its place.

    Read from the submitted source, not from the kernel, whose answer could carry out what it was asked.
    """
    if test.attempted or test.raw not in task.names:
        return test
    code = [cell for cell in cells if cell.cell_type == "code"]
    near = with_near_name(test, [name for cell in code for name in _DEFINED.findall(cell.source)])
    if near is not test:
        return near
    own = next((cell.source for cell in code if grade_id_of(cell) == task.answer_id), "")
    others = [name for name in dict.fromkeys(_CALLED.findall(own)) if name not in task.names and name[:1] != "_"]
    if not others or task.kind != "code":
        return test
    found = " and ".join(f"`{name}`" for name in others[:OTHER_NAMES])
    sentence = _("There is no `{raw}` here; its cell defines {found}.").format(raw=test.raw, found=found)
    return replace(test, message=sentence, fixed=sentence)


def explained(test: TestResult, shown: TestResult) -> TestResult:
    """A failed hidden test with what happened to the same answer on public inputs, where it failed too.

    A name that only the public inputs earned is not said.
    """
    if shown.passed or shown.broken or shown.lost or not shown.attempted:
        return test
    first = shown.message if shown.diagnosis is None and shown.message != test.message else ""
    example = plain("\n".join(part for part in (first, shown.details) if part))
    example = example if len(example) <= EXAMPLE else example[:EXAMPLE] + " ..."
    case = one_line(shown.counterexample, 600) if shown.counterexample else None
    return replace(test, example=example, counterexample=case)


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
        tests=tuple(replace(test, raw="") for test in run.tests),
    )


def judge_text(task: Task, untouched: bool) -> TaskResult:
    """The result of a text task, which a person grades if there is anything to read."""
    status: TaskStatus = "not_attempted" if untouched else "needs_manual_grade"
    message = _("Not attempted yet.") if untouched else _("Waits for a person to read it.")
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
        return reason, run.sentence or stop_sentence(reason, run.limits, _("The answer"))
    if run.error:
        found = reason_of_error(*run.error, assignment)
        if found:
            return found[0], found[1] or stop_sentence(found[0], run.limits, _("The answer"))
    library = first_forbidden((test.raw or test.message for test in run.tests if not test.passed), assignment)
    if library:
        return "forbidden", forbidden_sentence(library, assignment)
    for test in run.tests:
        if test.reason:
            reason = known(test.reason)
            return reason, stop_sentence(reason, run.limits, _("A call of the answer")) if test.lost else test.message
        found = None if test.passed else raised_memory(test.raw or test.message)
        if found:
            return found[0], found[1] or stop_sentence(found[0], run.limits, _("A call of the answer"))
    return None, None


def _message(run: TaskRun) -> str:
    passed = sum(test.passed for test in run.tests)
    if run.tests and passed == len(run.tests):
        return _("All checks passed.")
    if not run.attempted:
        missing = next((test.message for test in run.tests if not test.attempted), _("Not attempted yet."))
        return error_sentence(*run.error) if run.error else missing
    first = next(test for test in run.tests if not test.passed)
    return _("{passed} of {tests} checks passed; the first to look at: {description}").format(
        passed=passed, tests=len(run.tests), description=first.description
    )
