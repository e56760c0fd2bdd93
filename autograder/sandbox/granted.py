"""What the limits of the shell that started the grader leave a process: no less than a notebook is promised.

A process has the limits of whoever started it. Where those are below a notebook's own, an answer would fail that works
elsewhere: it is said before a cell runs, and nobody is graded.
"""

from __future__ import annotations

import contextlib
import os
import resource

from ..language import sentences_of
from .gpu import DATA_SLACK, Gpu
from .gpu import OPEN_FILES as OPEN_FILES_GPU
from .limits import MEBI, Limits
from .usage import field

_ = sentences_of(__package__)

OPEN_FILES = 512
OWN_TASKS = 48  # threads of an IPython kernel and of a framework's pools
STACK_BYTES = 8 * MEBI  # the usual one, so that a function calls itself as deep everywhere
_UNITS = {
    resource.RLIMIT_CPU: ("t", _("compute for {} s"), 1),
    resource.RLIMIT_FSIZE: ("f", _("write a file of {} MB"), MEBI),
    resource.RLIMIT_DATA: ("d", _("hold {} MB of data"), MEBI),
    resource.RLIMIT_AS: ("v", _("have {} MB of addresses"), MEBI),
    resource.RLIMIT_STACK: ("s", _("have a stack of {} MB"), MEBI),
    resource.RLIMIT_NOFILE: ("n", _("have {} files open"), 1),
    resource.RLIMIT_NPROC: ("u", _("have {} processes and threads"), 1),
}


class TooLittle(Exception):
    """This process may have less than is needed; the text is a clause for people, with what to do."""


def require(which: int, needed: int, whose: str = "a notebook") -> None:
    """Has this process have at least that much of a resource, of which it may be granted less than it may have.

    Raises ``TooLittle`` where it may not have so much."""
    soft, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY and hard < needed:
        letter, clause, unit = _UNITS[which]
        raise TooLittle(
            _(
                "a process may {do} here, and {whose} may need {needed:,.7g}; raise that limit (`ulimit -{letter}`)"
            ).format(do=clause.format(f"{hard / unit:,.7g}"), whose=whose, needed=needed / unit, letter=letter)
        )
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(which, (needed, hard))


def require_memory(more: int, whose: str = "a notebook") -> None:
    """Has this process be able to hold ``more`` bytes than it does now. Raises ``TooLittle`` where it may not."""
    with open("/proc/self/status", "rb") as file:
        status = file.read()
    require(resource.RLIMIT_DATA, field(status, b"VmData:") + more, whose)
    require(resource.RLIMIT_AS, field(status, b"VmSize:") + more, whose)


def require_all(limits: Limits, user: int | None, gpu: Gpu | None) -> None:
    """Has this process, which becomes a kernel, have what a notebook with these limits may use. ``user`` is the
    kernel's own, where it gets one; ``gpu`` its share of one.

    Raises ``TooLittle`` where it may not."""
    require(resource.RLIMIT_CPU, int(limits.cpu_s))
    require(resource.RLIMIT_FSIZE, int(limits.disk_bytes))
    require(resource.RLIMIT_STACK, STACK_BYTES)
    require(resource.RLIMIT_NOFILE, OPEN_FILES_GPU if gpu else OPEN_FILES)
    require_memory(int(limits.memory_bytes) + (DATA_SLACK if gpu else 0))
    if resource.getrlimit(resource.RLIMIT_NPROC)[1] != resource.RLIM_INFINITY:
        others = tasks_of(os.getuid()) if user is None else 0  # a user's tasks count together
        require(resource.RLIMIT_NPROC, others + int(limits.processes) + OWN_TASKS)


def tasks_of(user: int) -> int:
    """How many processes and threads a user has now."""
    count = 0
    with os.scandir("/proc") as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
                if entry.name.isdigit() and entry.stat().st_uid == user:
                    count += len(os.listdir(f"/proc/{entry.name}/task"))
    return count
