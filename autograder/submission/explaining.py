"""Why hidden tests failed, told without telling what they asked: they are asked once more, on public inputs.

A hidden test says a fixed sentence, since a kernel that was asked with hidden inputs could put them into whatever else
it might say. So the failed tests of all tasks are asked again in one fresh kernel, in which no hidden input ever was,
with inputs of the same sizes and options from a public seed. Of that everything may be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

from autograder.bridge.student import NotAttempted, StudentError, restore
from autograder.bridge.transport import BridgeFailure
from autograder.checks.result import TestResult
from autograder.submission.execution import Execution, Exhausted
from autograder.submission.kernel import Kernel, asked_student, ended_by
from autograder.submission.verdict import TaskRun, explained

REPLAY_CPU_S = 20.0  # a notebook whose cells take longer is not replayed for an explanation
TRIES = 2
LONGEST_S = 60.0  # for all explanations of a submission together


class Explains(Protocol):
    """The collected checks of an assignment, as far as they can explain."""

    def explains(self, task: str) -> bool: ...

    def explain(
        self, task: str, student: Any, tests: Collection[str], *, student_id: str | None, source: str | None,
        device: str,
    ) -> Mapping[str, TestResult]: ...


def explain(
    runs: Sequence[TaskRun], checks: Explains, execution: Execution, cpu_s: Callable[[], float], **asked: Any
) -> None:
    """Gives the failed hidden tests of these tasks their examples; costs nothing where none failed.

    ``cpu_s`` tells how long the notebook's cells took. ``asked`` goes to the checks. What stops an explanation in the
    notebook leaves the fixed sentences as they are. A kernel that somebody else killed is replaced once; raises
    ``MachineFault`` where the machine lacked something.
    """
    left = [run for run in runs if run.to_explain and checks.explains(run.task.id)]
    if not left or cpu_s() > REPLAY_CPU_S:
        return
    execution.drop_kernel()
    with suppress(Exhausted):
        for _ in range(TRIES):
            with execution.again() as kernel:
                left = _not_explained(left, checks, execution, kernel, asked)
                if not left or not kernel.killed:
                    return


def _not_explained(
    runs: list[TaskRun], checks: Explains, execution: Execution, kernel: Kernel, asked: Mapping[str, Any]
) -> list[TaskRun]:
    """Explains tasks one after the other, until the kernel does not come back; returns those that are left then."""
    for position, run in enumerate(runs):
        options: dict[str, Any] = {
            "seconds": run.limits.wall_s, "total_seconds": max(min(execution.seconds_left, LONGEST_S), 1.0),
            "total_bytes": int(run.limits.bridge_bytes), "on_timeout": kernel.interrupt,
        }
        with asked_student(kernel, **options) as (student, came_back):
            with suppress(BridgeFailure, StudentError, NotAttempted):
                restore(student, run.mark)
            shown = checks.explain(run.task.id, student, run.to_explain, **asked)
        run.tests = [explained(test, shown[test.name]) if test.name in shown else test for test in run.tests]
        if came_back != [True]:
            ended_by(kernel)  # known a moment after its bridge has closed
            return runs[position:]
    return []
