"""Puts a process under the policy and the limits, before it starts threads and before it runs student code.

Two steps, because ZeroMQ needs Unix sockets that student code must not have: `restrict` while there is one
thread (Landlock confines the calling thread and what it starts later), then, once the sockets exist,
`filter_system_calls`, which covers all threads at once.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Iterable
from dataclasses import dataclass

from . import gpu as gpus
from . import landlock, privileges, root, syscalls
from .granted import OPEN_FILES, OWN_TASKS, STACK_BYTES, tasks_of
from .holdings import UNSEEN_BYTES
from .limits import MEBI, Limits
from .reach import DEVICES, laid_out_paths, listable_paths, own_process_paths, readable_paths

MANDATORY = ("landlock", "seccomp", "rlimits", "guard")
# A worker has up to three kernels, and one may wait while those of other workers start.
_ROOM_FOR_OTHERS = max(384, 64 * (os.cpu_count() or 1))
# The supervisor has to run when a kernel's processes want every processor, the more so where nothing bounds them.
_NICENESS, _NICENESS_UNBOUNDED = 5, 12
_MEMORY_SLACK = 512 * MEBI


@dataclass
class Confinement:
    """How one kernel is confined, and which mechanisms are in force (`applied`, in order).

    `disabled` names mechanisms to leave out, as if the machine lacked them: tests ask for it. `gpu` is its share of
    one, whose device files it reaches. `seen`: the guard is told the real size of shared mappings; else they are small.
    """

    limits: Limits
    forbidden: tuple[str, ...]
    readable: tuple[str, ...]
    writable: tuple[str, ...]
    sockets: str
    user: int | None
    disabled: frozenset[str]
    seen: bool = True
    gpu: gpus.Gpu | None = None

    def __post_init__(self) -> None:
        self.applied: list[str] = []
        self._scoped = False
        self._truncate_handled = False
        self._can_filter = "seccomp" not in self.disabled and syscalls.missing() is None

    def restrict(self) -> None:
        """Limits, user, capabilities and the file system. The process must have one thread."""
        self._lower_limits()
        readable = [*readable_paths(self.forbidden), *self.readable]
        self._enter_own_root()
        user = None if "user" in self.disabled else self.user
        privileges.give_up(user, [*listable_paths(), *self.readable, *self.writable])
        if user is not None:
            self.applied.append("user")
        privileges.forbid_new_privileges()
        self.applied.append("no-new-privileges")
        if version := self._landlock_version():
            self._restrict_files(version, readable)

    def _enter_own_root(self) -> None:
        """Lays out what the kernel needs in a root of its own; where this machine refuses, it keeps the machine's. What
        fails although the machine allows it fails the start: half a root is none, and would hold as one."""
        if "own-root" in self.disabled or root.missing() is not None:
            return  # what holds is recorded with every result, and `doctor` says why
        driver = map(str, self.gpu.readable) if self.gpu else ()
        devices = map(str, self.gpu.devices) if self.gpu else ()
        layout = root.Layout(
            seen=(*laid_out_paths(), *self.readable, *driver),
            shared=(self.sockets, *devices),
            own=self.writable,
            user=None if "user" in self.disabled else self.user,
            disk_bytes=self.limits.disk_bytes,
            files=self.limits.files,
        )
        root.enter(layout)
        self.applied.append("own-root")

    def filter_system_calls(self) -> None:
        """The system-call filter, for every thread of this process."""
        if self._can_filter:
            at_home = self._scoped or "user" in self.applied
            syscalls.install(
                signals_scoped=at_home, truncate_handled=self._truncate_handled,
                mapping_bytes=None if self.seen else UNSEEN_BYTES,
            )
            self.applied.append("seccomp")
            if self.seen:
                self.applied.append("mappings")

    def _landlock_version(self) -> int:
        """The version to use: the kernel's, or that of an older kernel where tests ask for its lack of a mechanism."""
        lacking = {"landlock": 0, "truncate": 2, "scope": 5}
        return min([landlock.abi(), *(lacking[name] for name in self.disabled & lacking.keys())])

    def _restrict_files(self, version: int, readable: Iterable[str]) -> None:
        rules = landlock.Ruleset(version)
        rules.allow([*readable, *own_process_paths()], landlock.READ)
        rules.allow([*listable_paths(), "/proc/self"], landlock.Right.READ_DIR)
        devices = DEVICES if self.seen else tuple(path for path in DEVICES if path != "/dev/zero")  # it can be mapped
        rules.allow(devices, landlock.DEVICE)
        if self.gpu:
            rules.allow(self.gpu.readable, landlock.READ)
            rules.allow(self.gpu.devices, landlock.DEVICE | landlock.Right.IOCTL_DEV)
        rules.allow(self.writable, landlock.WRITE)
        rules.allow([self.sockets], landlock.Right.MAKE_SOCK | landlock.Right.REMOVE_FILE)
        rules.restrict_self()
        self.applied.append("landlock")
        self._scoped, self._truncate_handled = version >= 6, version >= 3
        if self._scoped:
            self.applied.append("landlock-scope")

    def _lower_limits(self) -> None:
        _make_first_victim()
        if "rlimits" in self.disabled:
            return
        limits = self.limits
        cpu = int(limits.cpu_s) + 5  # the guard stops it before, with a reason
        os.nice(_NICENESS if self.user is not None else _NICENESS_UNBOUNDED)
        _lower(resource.RLIMIT_CPU, cpu)
        _lower(resource.RLIMIT_FSIZE, limits.disk_bytes + MEBI)  # enough for the guard to see it full
        # What is used of it the guard measures. The address space itself is not limited: CUDA reserves hundreds of GB.
        slack = gpus.DATA_SLACK if self.gpu else _MEMORY_SLACK
        _lower(resource.RLIMIT_DATA, _data_size() + limits.memory_bytes + slack)
        _lower(resource.RLIMIT_STACK, STACK_BYTES)
        _lower(resource.RLIMIT_CORE, 0)
        _lower(resource.RLIMIT_NOFILE, gpus.OPEN_FILES if self.gpu else OPEN_FILES)
        _lower(resource.RLIMIT_MEMLOCK, 64 * 1024)
        _lower(resource.RLIMIT_MSGQUEUE, 0)
        _lower(resource.RLIMIT_NICE, 0)
        _lower(resource.RLIMIT_RTPRIO, 0)
        # Counted for a user, so exact where the kernel has its own; else it only keeps a fork bomb small enough for
        # the guard to end, and leaves room for the user's other kernels to start meanwhile.
        shared = 0 if self.user is not None else tasks_of(os.getuid()) + _ROOM_FOR_OTHERS
        _lower(resource.RLIMIT_NPROC, shared + limits.processes + OWN_TASKS)
        self.applied.append("rlimits")


def _lower(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, value))


def _make_first_victim() -> None:
    """When the machine runs out of memory, its kernel ends this process and not the grader."""
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def _data_size() -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:"))
