"""A notebook's cells in a kernel that may be lost on the way: what worked is replayed in a fresh one.

A kernel can end later than the cell that ended it: by a timer, from a thread, or because somebody outside killed it. So
whoever runs when a kernel dies without a reason is asked once more in a fresh one that has shown, by waiting, that
nothing that ran before ends it; where it does end, the cell that did it is found, and left out from then on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from autograder.faults import AGAIN, MachineFault
from autograder.language import sentences_of
from autograder.sandbox.client import KernelFailed
from autograder.sandbox.limits import Limits
from autograder.submission import host, reasons
from autograder.submission.job import CROWDED
from autograder.submission.kernel import CellRun, Kernel, mark_names, run_cell
from autograder.submission.supply import Kept, Supply

_ = sentences_of(__package__)

MAX_KERNELS = 24
REPLAYS = 2  # a step that worked once is given up when it failed that often in fresh kernels
STARTS = 2
MARGIN_S, LONGEST_WAIT_S = 0.5, 5.0
NEXT_CELL = "pass"  # a callback or a hook that a cell left can end the kernel as soon as another one begins


@dataclass
class _Step:
    """What a fresh kernel has to do again; ``run`` says whether it worked.

    ``blame`` is told that the step ended the kernel after it was done; None for one that cannot have."""

    run: Callable[[Kernel], bool]
    blame: Callable[[], None] | None = None
    failed: int = 0


class Exhausted(Exception):
    """The submission has no time or no kernel left; ``reason`` is the results' reason."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class Execution:
    """Runs cells one after the other. Use as a context manager, which ends the kernel.

    ``start`` starts a kernel; ``total_s`` is the wall time of everything together; ``supply`` has the kernel that no
    student's code touches.
    """

    def __init__(self, start: Callable[[], Kernel], total_s: float, supply: Supply | None = None) -> None:
        self._start = start
        self._supply = supply
        self._kernel: Kernel | None = None
        self._worked: list[_Step] = []
        self._started = 0
        self._fresh_since = self._still_since = time.monotonic()  # the kernel's start; the end of its last step
        self._total_s, self._put_off_s = total_s, 0.0
        self._until = time.monotonic() + total_s
        self._oom_kills = host.oom_kills()
        self.isolation: tuple[str, ...] = ()

    def __enter__(self) -> Execution:
        return self

    def __exit__(self, *exception: object) -> None:
        self.drop_kernel(kill=False)

    @property
    def seconds_left(self) -> float:
        """Wall time that the submission has left."""
        return self._until - time.monotonic()

    def run(self, source: str, limits: Limits, room: int | None = None) -> CellRun:
        """Runs one cell of the notebook; ``Exhausted`` if the submission has used up its time or its kernels. ``room``
        is what the notebook has left for outputs, in bytes.

        Memory, processes and disk are used up over time, so a cell that ended the kernel that way is tried
        once more in a fresh one: what an earlier cell left behind is not held against it. So is one whose kernel died
        without a reason, and one that met a full disk. Raises ``MachineFault`` where the machine lacked something."""
        run, kernel = self._run(source, limits, room)
        if run.lost and run.reason in reasons.USED_UP and self._worked:
            run, _ = self._run(source, limits, room)
        elif run.lost and run.reason == reasons.DIED and self.may_be_innocent(kernel):
            self.settle()
            run, kernel = self._run(source, limits, room)
            self.refuse_oom_kill(run.reason, kernel)
        elif run.error and reasons.host_disk(*run.error):
            self.drop_kernel()
            host.require_what("disk", limits)
            run, _ = self._run(source, limits, room)
        return run

    def remember(self, source: str, limits: Limits, blame: Callable[[], None] | None = None) -> None:
        """Has the cell run again in every kernel that replaces this one. ``blame`` is called if it turns out that it
        ended the kernel later; None is for a cell that cannot have."""
        self._did(lambda kernel: run_cell(kernel, source, limits, wall_s=max(self.seconds_left, 0.1)).worked, blame)

    def mark(self, name: str) -> None:
        """Has the kernel remember the notebook's names as they are now, and every kernel that replaces this
        one."""
        kernel = self.kernel()
        if not mark_names(kernel, name):
            died = not kernel.alive() and kernel.stopped_reason is None
            self.drop_kernel()
            if died:
                self.settle()
                mark_names(self.kernel(), name)
        self._did(lambda kernel: mark_names(kernel, name))

    def _did(self, run: Callable[[Kernel], bool], blame: Callable[[], None] | None = None) -> None:
        self._worked.append(_Step(run, blame))
        self._still_since = time.monotonic()

    def _run(self, source: str, limits: Limits, room: int | None) -> tuple[CellRun, Kernel]:
        kernel = self.kernel()
        run = run_cell(kernel, source, limits, self.seconds_left, room)
        self.put_off(run.put_off_s)
        if run.lost:
            self.drop_kernel()
        return run, kernel

    def kernel(self) -> Kernel:
        """The kernel in the state the notebook has reached; a fresh one with the replayed cells if it was
        lost."""
        if self._kernel is not None and not self._kernel.alive():
            died = self._kernel.stopped_reason is None
            self.drop_kernel()
            if died:  # while nothing ran
                self.settle()
        while self._kernel is None:
            self._kernel = self._replayed(self._fresh())
        self._check_time()
        return self._kernel

    @contextmanager
    def spare(self, cells: Sequence[tuple[str, Limits]]) -> Iterator[Kernel]:
        """A kernel besides, in which these cells ran; it ends with the ``with``, whatever became of the cells."""
        kernel = self._new()
        try:
            for source, limits in cells:
                run_cell(kernel, source, limits, wall_s=max(self.seconds_left, 0.1))
            yield kernel
        finally:
            _end(kernel, kill=True)

    @contextmanager
    def untouched(self) -> Iterator[Kept]:
        """A kernel in which no student's code ever ran, nor will. It is kept for other submissions if it came back from
        what it was asked."""
        if self._supply is None:
            with self.spare([]) as kernel:
                yield Kept(kernel)
            return
        kept = self._supply.untouched() or Kept(self._new(self._supply.start_untouched))
        try:
            yield kept
        finally:
            self._supply.give_back(kept)

    @contextmanager
    def again(self) -> Iterator[Kernel]:
        """A kernel besides, in which all that worked was done again, marks included; it ends with the ``with``."""
        kernel = self._new()
        try:
            for step in self._worked:
                step.run(kernel)
            yield kernel
        finally:
            _end(kernel, kill=True)

    def drop_kernel(self, kill: bool = True) -> None:
        """Ends the kernel; the next use starts a fresh one."""
        kernel, self._kernel = self._kernel, None
        if kernel is not None:
            _end(kernel, kill)

    def start_over(self, seconds: float) -> None:
        """Has the next use start a kernel that counts for nobody, nor do these seconds of what was tried in vain."""
        self.drop_kernel()
        self._started -= 1
        self._until += seconds

    def put_off(self, seconds: float) -> None:
        """Leaves out of the time of everything together these seconds, in which the machine ran others. All such take
        at most as long again: a notebook may crowd itself out."""
        seconds = min(seconds, (CROWDED - 1) * self._total_s - self._put_off_s)
        self._put_off_s += seconds
        self._until += seconds

    def may_be_innocent(self, kernel: Kernel) -> bool:
        """Whether a kernel that died without a reason may have been ended by another than what ran: from outside, or by
        a cell that ran before."""
        return kernel.killed or any(step.blame for step in self._worked)

    def refuse_oom_kill(self, reason: str | None, kernel: Kernel) -> None:
        """Raises ``MachineFault`` where a kernel was killed again, and Linux did that for want of memory.

        The kernel's own control group says so; where it has none, the machine's count of all such kills, whosever,
        since this submission began."""
        if reason != reasons.DIED or not kernel.killed:
            return
        killed = kernel.oom_killed
        if host.oom_kills() > self._oom_kills if killed is None else killed:
            raise host.after_oom_kill()

    def settle(self) -> None:
        """Has a fresh kernel that has outlived what ran before.

        It has, once it has lived for longer than the one that died, and for longer after its last step, and has run one
        more cell: a timer or a hook that ended the one would have ended the other. For a cell that ends its kernel at
        once, that is half a second. A cell that ends fresh kernels after it is done is found by halving, told so, and
        left out."""
        now = time.monotonic()
        lived = now - self._fresh_since + MARGIN_S, now - self._still_since + MARGIN_S
        self.drop_kernel()
        while self._kernel is None and not self._survives(len(self._worked), *lived):
            low, high = 0, len(self._worked)
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if self._survives(middle, *lived) else (low, middle)
            if high == 0 or self._survives(high, *lived):
                continue  # it was a death of another kind
            step = self._worked.pop(high - 1)
            if step.blame is not None:
                step.blame()

    def _survives(self, count: int, in_all_s: float, after_s: float) -> bool:
        """Whether a fresh kernel that does the first ``count`` steps lives for ``in_all_s``, and for ``after_s`` after
        the last of them, and then runs a cell that does nothing; it stays if those are all."""
        kernel = self._fresh()
        for step in self._worked[:count]:
            step.run(kernel)
        self._still_since = time.monotonic()
        until = max(self._fresh_since + in_all_s, self._still_since + after_s)
        if count == len(self._worked):  # the search for a cell that is known to be there waits for as long as it takes
            until = min(until, self._still_since + LONGEST_WAIT_S)
        while kernel.alive() and time.monotonic() < until:
            time.sleep(0.02)
        alive = kernel.alive() and not run_cell(kernel, NEXT_CELL, Limits(), wall_s=LONGEST_WAIT_S).lost
        if alive and count == len(self._worked):
            self._kernel = kernel
        else:
            _end(kernel, kill=True)
        return alive

    def _fresh(self) -> Kernel:
        """A kernel in which nothing ran yet. Raises ``MachineFault`` where none can be started."""
        if self._started >= MAX_KERNELS:
            raise Exhausted(
                "died",
                _("The notebook ended its kernel {max_kernels} times; the rest was not run.").format(
                    max_kernels=MAX_KERNELS
                ),
            )
        self._started += 1
        kernel = self._new()
        self._fresh_since = self._still_since = time.monotonic()
        return kernel

    def _new(self, start: Callable[[], Kernel] | None = None) -> Kernel:
        self._check_time()
        host.require_room()
        for attempt in range(STARTS):
            try:
                kernel = (start or self._start)()
                break
            except KernelFailed as error:
                if attempt == STARTS - 1:
                    raise MachineFault(
                        _("No kernel could be started: {reason}; {again}.").format(
                            reason=str(error).rstrip("."), again=AGAIN
                        )
                    ) from error
        self.isolation = tuple(kernel.isolation)
        return kernel

    def _replayed(self, kernel: Kernel) -> Kernel | None:
        """Does again what worked. A step that is stopped in fresh kernels, or ends them, is left out from then on."""
        for position, step in enumerate(self._worked):
            if not step.run(kernel):
                died = not kernel.alive() and kernel.stopped_reason is None
                _end(kernel, kill=True)
                if died:
                    self.settle()
                    return self._kernel
                step.failed += 1
                if step.failed >= REPLAYS:
                    del self._worked[position]
                return None
        self._still_since = time.monotonic()
        return kernel

    def _check_time(self) -> None:
        if self.seconds_left <= 0:
            raise Exhausted(
                "timeout",
                _("The whole notebook has {total_s:g} seconds; the rest was not run.").format(total_s=self._total_s),
            )


def _end(kernel: Kernel, kill: bool) -> None:
    """Ends a kernel. One that takes too long, on a machine with too much to do, costs nobody a result: its supervisor
    goes on ending it."""
    with suppress(KernelFailed):
        if kill:
            kernel.kill()
    kernel.shutdown()
