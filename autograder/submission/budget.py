"""What one submission may cost the grader itself: memory and CPU time of the process that judges it.

What a submission makes the grader hold, decode and compare is bounded piece by piece elsewhere; this bounds the sum, so
that what nobody thought of ends as that submission's result, and not as the end of a worker.
"""

from __future__ import annotations

import gc
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from autograder.faults import AGAIN, MachineFault
from autograder.language import sentences_of
from autograder.sandbox import granted
from autograder.sandbox.limits import MEBI
from autograder.sandbox.training import OutOfTime, Watch
from autograder.sandbox.usage import field
from autograder.submission import host

_ = sentences_of(__package__)

MEMORY_BYTES = 3072 * MEBI  # beyond what the process has before
CPU_S = 300.0
Graded = TypeVar("Graded")


class TooMuch(Exception):
    """A submission took more of the grader's memory or time than one may, twice; the text is a sentence for people."""


def bounded(grade: Callable[[], Graded], memory_bytes: int = MEMORY_BYTES, cpu_s: float = CPU_S) -> Graded:
    """What `grade` gives; it is tried once more where it used more than it may, and then `TooMuch` is raised.

    memory_bytes: of data, beyond what this process has now. cpu_s: CPU seconds of this thread. Raises `MachineFault`
    where it is the machine that has no memory left.
    """
    why = ""
    for _once in range(2):
        try:
            with _memory(memory_bytes):
                return _in_time(grade, cpu_s)
        except MemoryError:
            why = _("more than the {memory_bytes:.2g} GB of memory that the grader has for one submission").format(
                memory_bytes=memory_bytes / 1e9
            )
        except OutOfTime:
            why = _("longer than the {cpu_s:g} seconds of computing that the grader has for one submission").format(
                cpu_s=cpu_s
            )
        gc.collect()
        host.require_memory()
    raise TooMuch(_("Judging what this submission gave back took {why}.").format(why=why))


def _in_time(grade: Callable[[], Graded], cpu_s: float) -> Graded:
    clock = time.pthread_getcpuclockid(threading.get_ident())
    return Watch(cpu_s, lambda: time.clock_gettime(clock)).during(grade)


@contextmanager
def _memory(size: int) -> Iterator[None]:
    """Bounds this process's data while it lasts; allocations beyond it raise MemoryError. Raises `MachineFault` where
    this process may not have so much."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    try:
        granted.require_memory(size, _("the grader"))
    except granted.TooLittle as error:
        raise MachineFault(
            _("This cannot be graded here: {error}, and {again}.").format(error=error, again=AGAIN)
        ) from None
    with open("/proc/self/status", "rb") as status:
        wanted = field(status.read(), b"VmData:") + size
    resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
