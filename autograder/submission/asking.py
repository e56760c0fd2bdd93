"""The checks of a submission, asked in its kernel, or in a fresh one where the first was used up."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, Protocol

from autograder.bridge.student import NotAttempted, Student, StudentError, restore
from autograder.bridge.transport import BridgeClosed, BridgeFailure, BridgeTimeout, SocketTransport, Transport
from autograder.checks.result import TestResult
from autograder.course import Assignment
from autograder.faults import AGAIN, MachineFault, tells_of_memory, told_by
from autograder.language import sentences_of
from autograder.sandbox.limits import Limits
from autograder.submission import host, reasons
from autograder.submission.execution import Execution, Exhausted
from autograder.submission.explaining import Explains
from autograder.submission.job import Job
from autograder.submission.kernel import CLOSE_S, Kernel, asked_student, await_reply, ended_by, open_bridge, used_by
from autograder.submission.verdict import TaskRun, presentable

_ = sentences_of(__package__)


class Checks(Explains, Protocol):
    """The collected checks of one assignment; ``autograder.checks.runner.CheckSession`` is one."""

    def run(
        self, task: str, student: Any, *, seed: bytes, student_id: str | None, source: str | None, device: str
    ) -> Sequence[TestResult]: ...


@dataclass(frozen=True)
class RanCell:
    """A cell that worked; ``region`` is the task that it stands for."""

    region: str | None
    source: str
    limits: Limits


class Asking:
    """Asks the checks of one submission, and keeps what a kernel besides its own needs: the cells that worked.

    ``source`` is the notebook's code. ``broken`` names the tests that failed by their own fault.
    """

    def __init__(self, checks: Checks, job: Job, assignment: Assignment, execution: Execution, source: str) -> None:
        self._checks = checks
        self._job = job
        self._assignment = assignment
        self._execution = execution
        self._source = source
        self._asked_before: Kernel | None = None
        self._besides: str | None = None  # the limit that ended a kernel beside the notebook's own
        self._killed_besides: Kernel | None = None  # one of those that somebody else killed
        self._ran: list[RanCell] = []
        self._together = True  # several answers in one message
        self._lost_together = False
        self.broken: list[str] = []

    def remember(self, cell: RanCell) -> None:
        """Notes a cell that worked."""
        self._ran.append(cell)

    def tests(self, run: TaskRun, mark: str) -> Sequence[TestResult]:
        """The task's tests, asked on the names as they were at ``mark``.

        Memory, processes and disk are used up over time, so a task whose tests ended the kernel that way is asked once
        more in a fresh one, if others were asked in this one before. So is one whose kernel, or one besides it, may
        have been ended by another."""
        kernel, began = self._execution.kernel(), time.monotonic()
        tests = self._asked_in(kernel, run, mark)
        if self._lost_together:  # which answer it was, and what was wrong before, is seen one by one
            self._together = False
            self._execution.start_over(time.monotonic() - began)
            kernel = self._execution.kernel()
            tests = self._asked_in(kernel, run, mark)
        if _died(kernel, tests) and self._execution.may_be_innocent(kernel):
            self._execution.settle()
            kernel = self._execution.kernel()
            tests = self._asked_in(kernel, run, mark)
            if _died(kernel, tests):
                self._execution.refuse_oom_kill(reasons.DIED, kernel)
        elif self._killed_besides is not None:
            kernel = self._execution.kernel()
            tests = self._asked_in(kernel, run, mark)
            if self._killed_besides is not None:
                self._execution.refuse_oom_kill(reasons.DIED, self._killed_besides)
        said = (test.raw or test.message for test in tests if not test.passed)
        lacking = next(filter(None, map(reasons.of_message, said)), None)
        if lacking:
            self._execution.drop_kernel()
            host.require_what(lacking, run.limits)
        if kernel.stopped_reason in reasons.USED_UP and kernel is self._asked_before:
            kernel = self._execution.kernel()
            tests = self._asked_in(kernel, run, mark)
        self._asked_before = kernel
        if any(told_by(why) or tells_of_memory(why) for why in _broken(tests)):
            tests = self._asked_by_a_sound_machine(run, mark)
        self.broken += [f"{test.name}: {test.why}" for test in tests if test.broken]
        return [presentable(test) for test in tests]

    def _asked_by_a_sound_machine(self, run: TaskRun, mark: str) -> Sequence[TestResult]:
        """The task's tests, asked once more since this process lacked something while a check ran.

        Raises ``MachineFault`` where it lacks that still. A check that finds too little memory where there is enough
        asks for too much, for which an answer of an odd kind can be the reason: that is a broken check."""
        gc.collect()
        host.require_memory()
        self._together = False  # which answer ends a kernel is seen at once
        self._asked_before = self._execution.kernel()
        tests = self._asked_in(self._asked_before, run, mark)
        for fault in filter(None, map(told_by, _broken(tests))):
            raise fault
        return tests

    def _asked_in(self, kernel: Kernel, run: TaskRun, mark: str) -> Sequence[TestResult]:
        """The task's tests, asked over the bridge; a kernel that did not come back from them is dropped."""
        options: dict[str, Any] = {
            "seconds": run.limits.wall_s,
            "total_seconds": max(self._execution.seconds_left, 1.0),
            "total_bytes": int(run.limits.bridge_bytes),
            "on_timeout": kernel.interrupt,
            "kept_waiting": self._owed_by(kernel),
            "fresh": lambda tasks: self._fresh(run.limits, tasks),
        }
        self._besides = self._killed_besides = None
        with asked_student(kernel, together=self._together, **options) as (student, came_back):
            with suppress(BridgeFailure, StudentError, NotAttempted):  # asked as it is, then
                restore(student, mark)
            tests = self._checks.run(
                run.task.id,
                student,
                seed=self._job.seeds[run.task.id],
                student_id=self._job.student,
                source=self._source,
                device=self._job.device,
            )
        self._lost_together = student._session.lost_together
        if came_back != [True]:
            self._execution.drop_kernel()
        # Known once a kernel is gone; the bridge only saw that it closed.
        stopped = kernel.stopped_reason or self._besides
        if stopped:
            return [replace(test, reason=stopped) if test.reason == "died" else test for test in tests]
        return tests

    @contextmanager
    def _fresh(self, limits: Limits, tasks: Sequence[str]) -> Iterator[Transport]:
        """A kernel besides, with the cells that stand for these tasks and those before the first answer; with all cells
        that worked where the tasks' names are not among what those define. Where no task is asked for, one that no
        student's code touched."""
        if not tasks and self._job.share is None:
            with self._untouched(limits) as transport:
                yield transport
            return
        own = [cell for cell in self._ran if tasks and (cell.region is None or cell.region in tasks)]
        names = [name for task in tasks for name in self._assignment.task(task).names]
        with ExitStack() as kernels:
            transport = kernels.enter_context(self._spare(own, limits))
            if not _has(transport, names):
                kernels.close()
                transport = kernels.enter_context(self._spare(self._ran, limits))
            yield transport

    @contextmanager
    def _spare(self, cells: Sequence[RanCell], limits: Limits) -> Iterator[SocketTransport]:
        try:
            with self._execution.spare([(cell.source, cell.limits) for cell in cells]) as kernel:
                open_bridge(kernel)
                with self._bridge_besides(kernel, limits) as transport:
                    yield transport
        except Exhausted as error:
            raise BridgeTimeout(str(error)) from None

    @contextmanager
    def _untouched(self, limits: Limits) -> Iterator[SocketTransport]:
        try:
            with self._execution.untouched() as kept:
                request = open_bridge(kept.kernel)
                try:
                    with self._bridge_besides(kept.kernel, limits) as transport:
                        yield transport
                except BridgeClosed:
                    raise MachineFault(
                        _("A kernel in which no student's code runs has ended; {again}.").format(again=AGAIN)
                    ) from None
                if request is not None and transport.close():
                    kept.came_back = await_reply(kept.kernel, request, CLOSE_S)
        except Exhausted as error:
            raise BridgeTimeout(str(error)) from None

    def _owed_by(self, kernel: Kernel) -> Callable[[], float]:
        """How long a kernel was kept waiting since that was last asked, which is no time of the submission either."""

        def owed() -> float:
            seconds = kernel.kept_waiting()
            self._execution.put_off(seconds)
            return seconds

        return owed

    @contextmanager
    def _bridge_besides(self, kernel: Kernel, limits: Limits) -> Iterator[SocketTransport]:
        """The bridge to a kernel besides, opened before."""
        try:
            yield SocketTransport(
                kernel.bridge, seconds=limits.wall_s, total_seconds=max(self._execution.seconds_left, 1.0),
                total_bytes=int(limits.bridge_bytes), on_timeout=kernel.interrupt,
                kept_waiting=self._owed_by(kernel), usage=lambda: used_by(kernel),
            )
        except BridgeClosed:
            self._besides = ended_by(kernel)
            self._killed_besides = kernel if kernel.killed else None
            raise


def _broken(tests: Sequence[TestResult]) -> list[str]:
    """What broke the checks that could not judge the answer."""
    return [test.why for test in tests if test.broken]


def _died(kernel: Kernel, tests: Sequence[TestResult]) -> bool:
    """Whether a kernel ended while the tests were asked, and no limit says why."""
    return not kernel.alive() and kernel.stopped_reason is None and any(test.reason == reasons.DIED for test in tests)


def _has(transport: Transport, names: Sequence[str]) -> bool:
    """Whether the notebook behind ``transport`` defines all these names."""
    student = Student(transport)
    try:
        for name in names:
            getattr(student, name)
    except (NotAttempted, StudentError):
        return False
    return True
