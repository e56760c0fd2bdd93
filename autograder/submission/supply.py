"""The kernels of one worker. The next one starts while a submission is checked, and one that no student's code ever
touches, in which references are timed, serves several submissions.

A kernel that was started ahead belongs to nobody: it has run no cell and holds nothing of a student. It is told whose
notebook it runs before the first cell, and is watched from then on. Where a student handed in files beside the
notebook, which have to lie there when a kernel starts, and for a GPU, a kernel is started when it is needed.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from autograder.course import Assignment
from autograder.sandbox.client import KernelFailed
from autograder.sandbox.gpu import Gpu
from autograder.submission.kernel import Kernel
from autograder.submission.work_folder import lay_out

Started = TypeVar("Started")

USES = 25  # of an untouched kernel, which holds what it was sent


class Kernels(Protocol):
    """Starts a kernel for a student in a folder of its own, which goes when the kernel does; ``gpu`` is its share."""

    def __call__(self, work: Path, student: str, gpu: Gpu | None) -> Kernel: ...


class Unowned(Kernel, Protocol):
    """A kernel that does not know yet whose notebook it will run."""

    def belongs_to(self, student: str) -> None: ...


class Begun(Protocol):
    """A kernel that is about to start."""

    def finish(self) -> Unowned: ...


@dataclass
class Kept:
    """A kernel that no student's code touched. It is kept once more by whoever sets ``came_back``."""

    kernel: Kernel
    uses: int = 0
    came_back: bool = False


class Supply:
    """Kernels for an assignment's submissions, one submission at a time.

    ``begin`` has one start in a folder, for nobody yet, without waiting for it; without it nothing starts ahead, nor
    where ``is_warm`` says that it would have to wait: that would be a student's time."""

    def __init__(
        self, assignment: Assignment, start: Kernels, begin: Callable[[Path], Begun] | None = None,
        is_warm: Callable[[], bool] = lambda: True,
    ) -> None:
        self._assignment = assignment
        self._start = start
        self._begin = begin
        self._is_warm = is_warm
        self._begun: Begun | None = None
        self._kept: Kept | None = None

    def __call__(self, work: Path, student: str, gpu: Gpu | None) -> Kernel:
        """One that starts now, in a folder that is laid out."""
        return self._start(work, student, gpu)

    def start(self, student: str, files: Mapping[str, bytes], gpu: Gpu | None) -> Kernel:
        """A kernel for a student's notebook, with ``files`` beside it. Raises ``KernelFailed``."""
        if not files and gpu is None and (kernel := self._started_ahead()):
            with suppress(OSError):  # it has ended
                kernel.belongs_to(student)
                return kernel
            kernel.shutdown()
        return self._laid_out(files, lambda work: self._start(work, student, gpu))

    def prepare(self) -> None:
        """Has the next kernel start, beside what this process does. What is wrong is said by who needs one."""
        if self._begin is not None and self._begun is None and self._is_warm():
            with suppress(KernelFailed, OSError):
                self._begun = self._laid_out({}, self._begin)

    def untouched(self) -> Kept | None:
        """The kernel that was given back, if it still runs."""
        kept, self._kept = self._kept, None
        if kept is not None and not kept.kernel.alive():
            kept.kernel.shutdown()
            return None
        return kept

    def start_untouched(self) -> Kernel:
        """A kernel that no student's code will touch. Raises ``KernelFailed``."""
        begin = self._begin
        if begin is None:
            return self._laid_out({}, lambda work: self._start(work, "", None))
        return self._laid_out({}, begin).finish()

    def give_back(self, kept: Kept) -> None:
        """Keeps a kernel that came back from what it was asked, for a number of submissions, and ends any other."""
        kept.uses += 1
        if kept.came_back and kept.uses < USES and self._begin is not None:
            kept.came_back = False
            self._kept = kept
        else:
            kept.kernel.shutdown()

    def close(self) -> None:
        """Ends the kernels that nobody has asked for."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.kernel.shutdown()
        if (ahead := self._started_ahead()) is not None:
            ahead.shutdown()

    def _started_ahead(self) -> Unowned | None:
        begun, self._begun = self._begun, None
        if begun is None:
            return None
        try:
            kernel = begun.finish()
        except KernelFailed:
            return None  # another one starts, and says what is wrong if that is still so
        if kernel.alive():
            return kernel
        kernel.shutdown()
        return None

    def _laid_out(self, files: Mapping[str, bytes], start: Callable[[Path], Started]) -> Started:
        """What starts in a new folder with a student's files and the release's; that goes when the kernel does."""
        work = Path(tempfile.mkdtemp(prefix="autograder-"))
        try:
            lay_out(work, self._assignment, files)
            return start(work)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
