"""What the machine lacks: asked before a kernel is started, and after an odd end, before anybody is blamed for it.

A full disk, an out-of-memory kill or a machine that starts no more processes looks, from inside a notebook, like a
wrong answer. None of it may cost a point.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import psutil

from autograder.faults import AGAIN, MachineFault
from autograder.language import sentences_of
from autograder.sandbox.limits import MEBI, Limits

_ = sentences_of(__package__)

ROOM = 16 * MEBI  # without this much for temporary files no kernel is started
MEMORY = 128 * MEBI
PROCESSES = 32
INODES = 200
CGROUP = Path("/sys/fs/cgroup")
VMSTAT = Path("/proc/vmstat")


def require_room(bytes_wanted: int = ROOM) -> None:
    """Raises ``MachineFault`` where the folder for temporary files has less room than that."""
    folder = tempfile.gettempdir()
    try:
        about = os.statvfs(folder)
    except OSError as error:
        raise MachineFault(
            _(
                "The folder for temporary files, {folder}, cannot be used ({strerror}); "
                "name another one in TMPDIR, and {again}."
            ).format(folder=folder, strerror=error.strerror, again=AGAIN)
        ) from error
    free = about.f_bavail * about.f_frsize
    if free < bytes_wanted:
        raise MachineFault(
            _(
                "The folder for temporary files, {folder}, has {free} MB left, and a notebook may need "
                "{bytes_wanted} MB; make room there or name another one in TMPDIR, and {again}."
            ).format(folder=folder, free=free // MEBI, bytes_wanted=bytes_wanted // MEBI, again=AGAIN)
        )
    if about.f_files and about.f_favail < INODES:
        raise MachineFault(
            _(
                "The folder for temporary files, {folder}, can hold no more files; "
                "remove some or name another one in TMPDIR, and {again}."
            ).format(folder=folder, again=AGAIN)
        )


def require_memory() -> None:
    """Raises ``MachineFault`` where the machine, or the part of it that the grader is given, has no memory left."""
    free = psutil.virtual_memory().available
    most, used = _number(_own_cgroup() / "memory.max"), _number(_own_cgroup() / "memory.current")
    if most is not None and used is not None:
        free = min(free, most - used + _reclaimable(_own_cgroup() / "memory.stat"))
    if free < MEMORY:
        raise MachineFault(
            _(
                "The machine has {free} MB of memory left; end what uses it or grade fewer submissions "
                "at once with --jobs, and {again}."
            ).format(free=max(free, 0) // MEBI, again=AGAIN)
        )


def require_processes() -> None:
    """Raises ``MachineFault`` where the machine, or the part of it that the grader is given, starts no more."""
    most, running = _number(_own_cgroup() / "pids.max"), _number(_own_cgroup() / "pids.current")
    limits = [(most, running), (_number(Path("/proc/sys/kernel/threads-max")), _threads())]
    if any(most is not None and running is not None and most - running < PROCESSES for most, running in limits):
        raise MachineFault(
            _(
                "The machine can start no more processes; end some or grade fewer submissions at once with --jobs, "
                "and {again}."
            ).format(again=AGAIN)
        )


def require_what(reason: str | None, limits: Limits) -> None:
    """Raises ``MachineFault`` where the machine lacks what a cell or a check ended for: room for all that a notebook
    may write, memory, processes. Nothing is held against the machine for any other reason."""
    if reason == "disk":
        require_room(int(limits.disk_bytes))
    elif reason == "memory":
        require_memory()
    elif reason == "processes":
        require_processes()


def oom_kills() -> int:
    """How often Linux has killed a process here for want of memory, since the machine started."""
    return _counted(VMSTAT, "oom_kill") + _counted(_own_cgroup() / "memory.events", "oom_kill")


def after_oom_kill() -> MachineFault:
    """What to raise where a kernel was killed for want of memory that it did not use itself."""
    return MachineFault(
        _(
            "The machine ran out of memory and ended a notebook's kernel; end what uses it or grade fewer "
            "submissions at "
            "once with --jobs, and {again}."
        ).format(again=AGAIN)
    )


@cache
def _own_cgroup() -> Path:
    """The folder of this process's control group, of the second version."""
    with suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            if line.startswith("0::"):
                own = CGROUP / line[3:].lstrip("/")
                return own if own.is_dir() else CGROUP
    return CGROUP


def _counted(path: Path, name: str) -> int:
    with suppress(OSError, ValueError):
        return next((int(line.split()[1]) for line in path.read_text().splitlines() if line.split()[:1] == [name]), 0)
    return 0


def _reclaimable(path: Path) -> int:
    return _counted(path, "inactive_file")


def _number(path: Path) -> int | None:
    with suppress(OSError, ValueError):
        return int(path.read_text())
    return None


def _threads() -> int | None:
    """Processes and threads of the whole machine, as ``/proc/loadavg`` has them."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/loadavg").read_text().split()[3].partition("/")[2])
    return None
