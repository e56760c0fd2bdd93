"""Watches a kernel and everything it started: memory, processes, disk, CPU time; and ends all of it at once.

Runs in the supervisor, which is the nearest subreaper above the kernel: a daemon whose parents died becomes
the supervisor's child, so whatever the kernel started is a descendant of the supervisor for as long as it
lives.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import time
from collections.abc import Iterator

from . import holdings, privileges
from .cgroup import Group
from .limits import Limits
from .usage import ProcessUsage, Usage, field, waited_s

TICK_S = 0.04
_SLOW_EVERY_S, _SLOWEST_EVERY_S = 0.2, 2.0


class Guard:
    """Measures the descendants of this process against `limits`; `folders` are those they can write to.

    `user` is the kernel's own user, where it has one; `seen` whether the real size of shared mappings is told here;
    `group` the control group of the kernel and of all that it starts, where there is one.
    """

    def __init__(
        self, kernel: int, limits: Limits, folders: tuple[str, ...], user: int | None = None, seen: bool = True,
        group: Group | None = None,
    ) -> None:
        self._kernel, self._limits, self._folders, self._group = kernel, limits, folders, group
        self._known: dict[int, int] = {}  # process id -> inode of its /proc entry, so that a reused id is seen
        self._members: dict[int, None] = {}
        self.statuses: dict[int, int] = {}  # wait statuses of descendants that ended and were reaped
        self._user, self._seen = user, seen
        self._baseline = ProcessUsage.of(kernel)
        self._baseline_exact = 0
        self._peak = 0
        self._walk: Iterator[None] | None = None  # what is under way of the slow look, which they can make long
        self._held = holdings.Holdings()
        self._walked_s = self._next_slow = 0.0
        self._room: int | None = None  # the file system that the kernel fills, where it has one of its own
        self._own_files = 0

    def broken_limit(self) -> str | None:
        """The limit that is exceeded now: "memory", "processes", "cpu" or "disk"; None while all hold."""
        own = self._baseline.tasks if self._baseline else 0
        usages = self._alone()
        if usages is None:
            members = self.members()
            if len(members) > own + self._limits.processes:
                return "processes"  # before looking at each, which takes long when they are many
            usages = _of_each(members)
        self._note_peak(usages)
        if sum(usage.tasks for usage in usages.values()) > own + self._limits.processes:
            return "processes"
        memory = self._memory(usages)
        if memory > self._limits.memory_bytes:
            return "memory"
        if _cpu(usages) > self._limits.cpu_s:
            return "cpu"
        return self._slowly_found(usages, memory)

    def _slowly_found(self, usages: dict[int, ProcessUsage], memory: int) -> str | None:
        """What takes a walk to see: files, and memory that counts for no process although one still maps it, beside the
        `memory` that counts.

        A walk may take many calls, so that what is seen at a glance, and what the grader asks, waits for none."""
        started = time.monotonic()
        if self._walk is None:
            if started < self._next_slow:
                return None
            self._held, self._walked_s = holdings.Holdings(), 0.0
            self._walk = self._held.walk(list(usages), self._folders, self._seen)
        ended = self._has_walked()
        seen = sum(usage.shared for usage in usages.values())
        if memory + max(0, self._held.memory - seen) > self._limits.memory_bytes:
            return "memory"
        full = self._disk_is_full(self._held.disk)
        self._walked_s += time.monotonic() - started
        if ended:
            self._walk = None
            self._next_slow = time.monotonic() + min(max(_SLOW_EVERY_S, 10 * self._walked_s), _SLOWEST_EVERY_S)
        return "disk" if full else None

    def _has_walked(self) -> bool:
        """Goes on with the walk for a moment; whether it is at its end."""
        assert self._walk is not None  # begun before
        until = time.monotonic() + TICK_S
        with privileges.reading_as(self._user):
            for _ in self._walk:
                if time.monotonic() > until:
                    return False
        return True

    def settle(self, own_root: bool = False) -> None:
        """What the kernel uses now, ready and idle, is its own and not the student's. `own_root`: it writes to a file
        system of its own, which says how full it is."""
        self._baseline = ProcessUsage.of(self._kernel)
        with privileges.reading_as(self._user):
            self._baseline_exact = _proportional(self._kernel, self._baseline) if self._baseline else 0
            if own_root:
                self._room = os.open(f"/proc/{self._kernel}/root{self._folders[0]}", os.O_RDONLY | os.O_DIRECTORY)
                self._own_files = _used_files(os.fstatvfs(self._room))

    def _alone(self) -> dict[int, ProcessUsage] | None:
        """What the kernel uses, where there is nobody beside it: its group has no more tasks than it has threads. None
        where somebody is, or may be. Going through all of /proc for them takes ten times as long."""
        usage = ProcessUsage.of(self._kernel) if self._group is not None else None
        if self._group is None or usage is None or usage.dead or self._group.tasks() != usage.tasks:
            return None
        return {self._kernel: usage}

    def members(self) -> list[int]:
        """Process ids of all descendants of this process."""
        seen: dict[int, int] = {}
        with os.scandir("/proc") as entries:
            for entry in entries:
                if entry.name.isdigit():
                    seen[int(entry.name)] = entry.inode()
        own = os.getpid()
        fresh = {pid for pid, inode in seen.items() if self._known.get(pid) != inode}
        self._members = {pid: None for pid in self._members if pid in seen and pid not in fresh}
        parents = {pid: parent for pid in fresh if (parent := _parent(pid)) is not None}
        grown = True
        while grown:
            joined = [pid for pid, parent in parents.items() if parent == own or parent in self._members]
            grown = bool(joined)
            for pid in joined:
                self._members[pid] = None
                del parents[pid]
        self._known = seen
        return list(self._members)

    def _memory(self, usages: dict[int, ProcessUsage]) -> int:
        """Bytes that the tree holds beyond the warm server's: an upper bound, made exact if it matters."""
        own = self._baseline.anonymous if self._baseline else 0
        quick = sum(max(0, usage.anonymous - own) + usage.shared for usage in usages.values())
        if quick <= self._limits.memory_bytes:
            return quick
        with privileges.reading_as(self._user):
            return sum(_proportional(pid, usage) for pid, usage in usages.items()) - self._baseline_exact

    def usage(self) -> Usage:
        """What the tree has used: CPU time, that of processes that ended included, and the most resident memory that it
        held at once beyond the warm server's. Processes that come and go between two looks add no peak."""
        usages = self._alone() or _of_each(self.members())
        self._note_peak(usages)
        return Usage(_cpu(usages), self._peak, waited_s(self._kernel))

    def _note_peak(self, usages: dict[int, ProcessUsage]) -> None:
        own = self._baseline.resident if self._baseline else 0
        self._peak = max(self._peak, sum(max(0, usage.peak - own) for usage in usages.values()))

    def _disk_is_full(self, size: int) -> bool:
        """Whether the folders, and `size` bytes of files without a name, exceed the limit."""
        if self._room is not None:
            now = os.fstatvfs(self._room)
            used = (now.f_blocks - now.f_bfree) * now.f_frsize
            return used > self._limits.disk_bytes or _used_files(now) - self._own_files > self._limits.files
        files = 0
        try:
            for entry in _walk(self._folders):
                size += entry.st_blocks * 512
                files += 1
                if size > self._limits.disk_bytes or files > self._limits.files:
                    return True
        except OSError:
            return True  # a folder too deep to look into, or made unreadable: nobody hides an honest file there
        return False

    def end_all(self) -> None:
        """Ends every descendant: at once those in the kernel's process group, which a confined one cannot leave.

        Others are first stopped, so that they start no new ones, and killed when no new ones are seen.
        """
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._kernel, signal.SIGKILL)
        while self.reap():
            members = self._running()
            for pid in members:
                _signal(pid, signal.SIGSTOP)
            if set(self._running()) <= set(members):
                for pid in members:
                    _signal(pid, signal.SIGKILL)
            time.sleep(0.001)

    def reap(self) -> bool:
        """Collects the descendants that ended; says whether others are left.

        A process is left until its last thread is, and those of dead parents are this process's children.
        """
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            self.statuses[pid] = status

    def _running(self) -> list[int]:
        self._known = {}
        return [pid for pid in self.members() if (usage := ProcessUsage.of(pid)) is not None and not usage.dead]


def _used_files(now: os.statvfs_result) -> int:
    return now.f_files - now.f_ffree


def _of_each(pids: list[int]) -> dict[int, ProcessUsage]:
    return {pid: usage for pid in pids if (usage := ProcessUsage.of(pid)) is not None}


def _cpu(usages: dict[int, ProcessUsage]) -> float:
    """CPU seconds of the tree. Whoever ended was waited for, since no process can refuse to: by its parent, which is
    charged with it, or by this process, and both are counted."""
    reaped = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = sum(usage.cpu_s + usage.children_s for usage in usages.values())
    return own + reaped.ru_utime + reaped.ru_stime


def _parent(pid: int) -> int | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return int(file.read().rpartition(b")")[2].split()[1])
    except OSError:
        return None


def _proportional(pid: int, usage: ProcessUsage) -> int:
    """Bytes of a process's memory that is no file, and of its page tables; shared pages are divided among those who
    share them."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            text = file.read()
    except OSError:
        return usage.anonymous + usage.shared
    return field(text, b"Pss_Anon:") + field(text, b"Pss_Shmem:") + field(text, b"SwapPss:") + usage.tables


def _walk(folders: tuple[str, ...]) -> Iterator[os.stat_result]:
    waiting = list(folders)
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    with contextlib.suppress(FileNotFoundError):  # gone since it was listed
                        yield entry.stat(follow_symlinks=False)
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
        except (FileNotFoundError, NotADirectoryError):
            continue


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
