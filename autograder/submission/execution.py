"""A notebook's cells in a kernel that may be lost on the way: what worked is replayed in a fresh one."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from autograder.sandbox.client import KernelFailed
from autograder.sandbox.limits import Limits
from autograder.submission.kernel import CellRun, Kernel, mark_names, run_cell
from autograder.submission.reasons import USED_UP

MAX_KERNELS = 12
REPLAYS = 2  # a step that worked once is given up when it failed that often in fresh kernels


@dataclass
class _Step:
    """What a fresh kernel has to do again; ``run`` says whether it worked."""

    run: Callable[[Kernel], bool]
    failed: int = 0


class Exhausted(Exception):
    """The submission has no time or no kernel left; ``reason`` is the results' reason."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class Execution:
    """Runs cells one after the other. Use as a context manager, which ends the kernel.

    ``start`` starts a kernel; ``total_s`` is the wall time of everything together.
    """

    def __init__(self, start: Callable[[], Kernel], total_s: float) -> None:
        self._start = start
        self._kernel: Kernel | None = None
        self._worked: list[_Step] = []
        self._started = 0
        self._total_s = total_s
        self._until = time.monotonic() + total_s
        self.isolation: tuple[str, ...] = ()

    def __enter__(self) -> Execution:
        return self

    def __exit__(self, *exception: object) -> None:
        self.drop_kernel(kill=False)

    @property
    def seconds_left(self) -> float:
        """Wall time that the submission has left."""
        return self._until - time.monotonic()

    def run(self, source: str, limits: Limits) -> CellRun:
        """Runs one cell of the notebook; ``Exhausted`` if the submission has used up its time or its kernels.

        Memory, processes and disk are used up over time, so a cell that ended the kernel that way is tried
        once more in a fresh one: what an earlier cell left behind is not held against it."""
        run = self._run(source, limits)
        if run.lost and run.reason in USED_UP and self._worked:
            run = self._run(source, limits)
        return run

    def remember(self, source: str, limits: Limits) -> None:
        """Has the cell run again in every kernel that replaces this one."""
        self._worked.append(
            _Step(lambda kernel: run_cell(kernel, source, limits, wall_s=max(self.seconds_left, 0.1)).worked)
        )

    def mark(self, name: str) -> None:
        """Has the kernel remember the notebook's names as they are now, and every kernel that replaces this
        one."""
        if not mark_names(self.kernel(), name):
            self.drop_kernel()
        self._worked.append(_Step(lambda kernel: mark_names(kernel, name)))

    def _run(self, source: str, limits: Limits) -> CellRun:
        run = run_cell(self.kernel(), source, limits, wall_s=self.seconds_left)
        if run.lost:
            self.drop_kernel()
        return run

    def kernel(self) -> Kernel:
        """The kernel in the state the notebook has reached; a fresh one with the replayed cells if it was
        lost."""
        if self._kernel is not None and not self._kernel.alive():
            self.drop_kernel()
        while self._kernel is None:
            if self._started >= MAX_KERNELS:
                raise Exhausted("died", f"The notebook ended its kernel {MAX_KERNELS} times; the rest was not run.")
            self._check_time()
            self._started += 1
            self._kernel = self._replayed(self._start())
        self._check_time()
        return self._kernel

    def drop_kernel(self, kill: bool = True) -> None:
        """Ends the kernel; the next use starts a fresh one."""
        kernel, self._kernel = self._kernel, None
        if kernel is not None:
            _end(kernel, kill)

    def _replayed(self, kernel: Kernel) -> Kernel | None:
        """Does again what worked. A step that ends fresh kernels, or is stopped in them, is left out from then on."""
        self.isolation = tuple(kernel.isolation)
        for position, step in enumerate(self._worked):
            if not step.run(kernel):
                step.failed += 1
                if step.failed >= REPLAYS:
                    del self._worked[position]
                _end(kernel, kill=True)
                return None
        return kernel

    def _check_time(self) -> None:
        if self.seconds_left <= 0:
            raise Exhausted("timeout", f"The whole notebook has {self._total_s:g} seconds; the rest was not run.")


def _end(kernel: Kernel, kill: bool) -> None:
    """Ends a kernel. One that takes too long, on a machine with too much to do, costs nobody a result: its supervisor
    goes on ending it."""
    with suppress(KernelFailed):
        if kill:
            kernel.kill()
    kernel.shutdown()
