"""What processes use, read from outside of them: CPU time and memory, as Linux counts them.

Nothing here asks the process itself, which could say what it likes.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

_CLOCK = os.sysconf("SC_CLK_TCK")
_OF_A_PROCESS = 2  # the kind of CPU clock whose number is made of a process id: scheduled time of all its threads


@dataclass(frozen=True)
class Usage:
    """CPU seconds used so far, and the most memory held at once until now, in bytes.

    `waited_s`: seconds in which a kernel's main thread was ready to run, and the machine ran others.
    """

    cpu_s: float
    peak_bytes: int
    waited_s: float = 0.0


class ProcessUsage:
    """One process: bytes of anonymous and shared memory, of its resident memory and its peak, tasks, CPU seconds.

    `anonymous` includes the `tables` by which Linux finds its pages, which alone can be gigabytes. `cpu_s` is its own
    with all its threads, `children_s` that of the children that it has waited for, and theirs.
    """

    __slots__ = ("anonymous", "children_s", "cpu_s", "dead", "peak", "resident", "shared", "tables", "tasks")

    anonymous: int
    tables: int
    shared: int
    resident: int
    peak: int
    tasks: int
    cpu_s: float
    children_s: float
    dead: bool

    @classmethod
    def of(cls, pid: int) -> ProcessUsage | None:
        """None where there is no such process."""
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                numbers = file.read().rpartition(b")")[2].split()
            with open(f"/proc/{pid}/status", "rb") as file:
                status = file.read()
        except OSError:
            return None
        usage = cls()
        usage.dead = numbers[0] in b"ZXx"
        usage.tasks = 1 if usage.dead else int(numbers[17])
        usage.cpu_s = _cpu_clock(pid) or (int(numbers[11]) + int(numbers[12])) / _CLOCK
        usage.children_s = (int(numbers[13]) + int(numbers[14])) / _CLOCK
        usage.tables = field(status, b"VmPTE:")
        usage.anonymous = field(status, b"RssAnon:") + field(status, b"VmSwap:") + usage.tables
        usage.shared = field(status, b"RssShmem:")
        usage.resident, usage.peak = field(status, b"VmRSS:"), field(status, b"VmHWM:")
        return usage


def waited_s(pid: int) -> float:
    """Seconds in which a process's main thread was ready to run and did not; 0 where Linux does not count them."""
    try:
        with open(f"/proc/{pid}/schedstat", "rb") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def field(status: bytes, name: bytes) -> int:
    """A field of a file like /proc/PID/status that is said in kB, in bytes; 0 where it is missing."""
    start = status.find(name)
    return int(status[start + len(name) : status.index(b"kB", start)]) * 1024 if start >= 0 else 0


def _cpu_clock(pid: int) -> float:
    """CPU seconds of a process to the nanosecond, where /proc has hundredths; 0 where there is no such clock."""
    try:
        return time.clock_gettime((~pid << 3) | _OF_A_PROCESS)
    except OSError:
        return 0.0
