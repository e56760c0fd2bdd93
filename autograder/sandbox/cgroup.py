"""A control group for one kernel and all that it starts, where this process may make one: Linux itself then bounds
memory, also what counts for no process (tables, buffers, notes of its own), and the number of processes and threads.

It is the last line behind the guard, which ends a kernel before, and exactly. Where none may be made, the guard is
alone. In version 2 a group is made below the nearest of the own group's ancestors that hands out both controllers and
may be written to; so nothing has to be moved out of the way. In version 1 it is made below the own groups.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from .limits import MEBI, Limits

_NAME = "autograder-"
_ROOM_BYTES, _ROOM_TASKS = 256 * MEBI, 64  # beyond the limits, and for the kernel itself: the guard is to be first
_HUGE_PAGES = 8 * MEBI  # the last that did not fit
_GONE_S = 2.0
_CONTROLLERS = ("memory", "pids")


def parents(said: Path = Path("/proc/self/cgroup"), mounted: Path = Path("/sys/fs/cgroup")) -> tuple[Path, ...]:
    """The folders below which a group can be made: one in version 2, one for each controller in version 1; none where
    this process may not. `said`: where Linux says in which groups it is; `mounted`: where those lie."""
    own = {names: path for _, names, path in (line.split(":", 2) for line in _lines(said))}
    if all(name in own for name in _CONTROLLERS):
        found = [_existing(mounted / name, own[name]) for name in _CONTROLLERS]
        return tuple(found) if all(map(_is_ours, found)) else ()
    for path in _upwards(mounted, own.get("", "/")):
        if _is_ours(path) and set(_CONTROLLERS) <= set(_words(path / "cgroup.subtree_control")):
            return (path,)
    return ()


class Group:
    """One kernel's group; `folders` are where it lies. Ended by `remove`, when nothing of it runs any more."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._folders = folders
        self._open: dict[Path, int | None] = {}  # files that are read again and again; None for one that is not there

    @classmethod
    def make(cls, limits: Limits, above: tuple[Path, ...]) -> Group | None:
        """A group below these `parents`, with these limits and some room; None where there are none, or one refuses."""
        if not above:
            return None
        made: list[Path] = []
        try:
            for folder in above:
                _sweep(folder)
                own = folder / f"{_NAME}{os.getpid()}"
                with contextlib.suppress(OSError):  # left by an earlier process of this number; one in use stays
                    own.rmdir()
                own.mkdir()
                made.append(own)
            group = cls(tuple(made))
            group._bound(limits.memory_bytes + limits.disk_bytes + _ROOM_BYTES, limits.processes + _ROOM_TASKS)
        except OSError:
            cls(tuple(made)).remove()
            return None
        return group

    def _bound(self, memory_bytes: int, tasks: int) -> None:
        first, last = self._folders[0], self._folders[-1]
        if len(self._folders) == 1:
            (first / "memory.max").write_text(str(memory_bytes))
            (first / "memory.oom.group").write_text("1")
            swap, size = first / "memory.swap.max", 0
        else:
            (first / "memory.limit_in_bytes").write_text(str(memory_bytes))
            swap, size = first / "memory.memsw.limit_in_bytes", memory_bytes
        if swap.exists():
            swap.write_text(str(size))
        (last / "pids.max").write_text(str(tasks))

    def take(self, pid: int) -> bool:
        """Puts a process into the group, and so all that it starts from now on. False where that is refused."""
        try:
            for folder in self._folders:
                (folder / "cgroup.procs").write_text(str(pid))
        except OSError:
            return False
        return True

    def ran_out(self) -> bool:
        """Whether Linux ended a process of the group since it had used up what the group may have, and not since the
        machine, or a group around this one, had none left."""
        first, said = self._folders[0], self._memory_events()
        reached = said.get("oom", 0) > 0
        for most in self._now(first / "memory.max_usage_in_bytes"):  # version 1, which does not count how often
            reached = int(most) > int(_lines(first / "memory.limit_in_bytes")[0]) - _HUGE_PAGES
        return reached and said.get("oom_kill", 0) > 0

    def oom_killed(self) -> bool | None:
        """Whether Linux ended a process of the group for want of memory, whoever had none left; None where it does not
        say. Those of other groups do not count, nor does a SIGKILL that somebody sent."""
        count = self._memory_events().get("oom_kill")
        return None if count is None else count > 0

    def _memory_events(self) -> dict[str, int]:
        """What Linux counts of the group, as its second version and its first have it."""
        first = self._folders[0]
        lines = [*self._now(first / "memory.events"), *self._now(first / "memory.oom_control")]
        return {name: int(count) for name, count in (line.split(" ", 1) for line in lines)}

    def tasks(self) -> int | None:
        """How many processes and threads are in the group, those among them that ended and that nobody waited for;
        None where Linux does not say."""
        lines = self._now(self._folders[-1] / "pids.current")
        return int(lines[0]) if lines else None

    def _now(self, path: Path) -> list[str]:
        """The lines of a file that is looked at many times a second; none where it is not there."""
        if path not in self._open:
            try:
                self._open[path] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            except OSError:
                self._open[path] = None
        descriptor = self._open[path]
        try:
            return [] if descriptor is None else os.pread(descriptor, 1 << 12, 0).decode().splitlines()
        except OSError:  # the group is gone
            return []

    def remove(self) -> None:
        """Removes the group. It is busy for a moment after its last process."""
        for descriptor in self._open.values():
            if descriptor is not None:
                os.close(descriptor)
        self._open = {}
        for folder in self._folders:
            until = time.monotonic() + _GONE_S
            while folder.exists() and time.monotonic() < until:
                with contextlib.suppress(OSError):
                    folder.rmdir()
                    break
                time.sleep(0.005)


def _sweep(folder: Path) -> None:
    """Removes groups of supervisors that did not live to remove them."""
    for left in folder.glob(f"{_NAME}*"):
        if not Path("/proc", left.name.removeprefix(_NAME)).exists():
            with contextlib.suppress(OSError):  # somebody else's, or just removed
                left.rmdir()


def _upwards(mounted: Path, path: str) -> Iterator[Path]:
    """The folders of a group and of those around it, the nearest first."""
    here = _existing(mounted, path)
    while here.is_relative_to(mounted):
        yield here
        here = here.parent


def _existing(mounted: Path, path: str) -> Path:
    """Where a group lies; where that cannot be seen, as in a container, the topmost one."""
    found = mounted / path.lstrip("/")
    return found if found.is_dir() else mounted


def _is_ours(path: Path) -> bool:
    return os.access(path, os.W_OK | os.X_OK) and os.access(path / "cgroup.procs", os.W_OK)


def _words(path: Path) -> list[str]:
    return " ".join(_lines(path)).split()


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []
