"""What this machine can isolate, mechanism by mechanism, and what stands in for one that is missing."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass

from ..language import sentences_of
from . import cgroup, holdings, landlock, privileges, reach, root, syscalls
from .policy import IsolationMissing

_ = sentences_of(__package__)

MANDATORY = ("landlock", "seccomp", "rlimits", "guard")
_SWITCH = "AUTOGRADER_DISABLE_MECHANISMS"


@dataclass(frozen=True)
class Mechanism:
    """One means of isolation: whether it is present here, and what it means that it is, or is not."""

    name: str
    present: bool
    meaning: str


def disabled() -> frozenset[str]:
    """Mechanisms that the grader's environment switches off, to test what a weaker machine would do."""
    return frozenset(name.strip() for name in os.environ.get(_SWITCH, "").split(",") if name.strip())


def facts() -> list[Mechanism]:
    """The mechanisms on this machine, the mandatory ones first."""
    mandatory = _mandatory_facts()
    return mandatory if platform.system() != "Linux" else [*mandatory, *_other_facts()]


def _mandatory_facts() -> list[Mechanism]:
    if platform.system() != "Linux":
        return [
            Mechanism(
                "linux",
                False,
                _("isolation needs Linux 5.13 or later, and this is {system}").format(system=platform.system()),
            )
        ]
    off, version, no_filter = disabled(), landlock.abi(), syscalls.missing()
    return [
        _fact(
            "landlock", version > 0, off,
            _("files outside the allow list cannot be opened (Landlock ABI {version})").format(version=version),
            _("files cannot be confined: Landlock needs Linux 5.13 or later, and must be enabled at boot"),
        ),
        _fact(
            "seccomp", no_filter is None, off,
            _("sockets, programs and dangerous system calls are refused"),
            _("system calls cannot be filtered: {no_filter}").format(no_filter=no_filter or _("switched off")),
        ),
        _fact(
            "rlimits", True, off,
            _("each process's memory, CPU time, files and file sizes are bounded"),
            _("the limits of single processes are switched off"),
        ),
        _fact(
            "guard", os.path.exists("/proc/self/status"), off,
            _("memory, processes, disk and CPU time of all that a kernel started are watched"),
            _("the limits of a whole kernel cannot be watched: /proc is not mounted"),
        ),
    ]  # fmt: skip


def _other_facts() -> list[Mechanism]:
    off, version = disabled(), landlock.abi()
    user = privileges.may_change_user(reach.listable_paths())
    return [
        _fact(
            "landlock-scope", version >= 6, off | ({"landlock-scope"} if "scope" in off else set()),
            _("signals reach no process outside the kernel's own (Landlock ABI 6)"),
            _("before Linux 6.12 the user of its own or the system-call filter keeps signals in"),
        ),
        _fact(
            "user", user, off,
            _("each kernel runs as a user of its own, so the number of its processes is bounded exactly"),
            _("kernels share the grader's user, so the guard alone bounds the number of processes"),
        ),
        _fact(
            "mappings", holdings.sees_mapped(), off,
            _("shared memory counts by what it really holds"),
            _("shared memory without a file is bounded to 1 MB a mapping, since nobody may see what it holds "
            "(CAP_CHECKPOINT_RESTORE)"),
        ),
        _fact(
            "cgroup", bool(cgroup.parents()), off,
            _("Linux itself bounds the memory of a whole kernel, with what it keeps for it, and its processes"),
            _("what Linux keeps for a kernel beside its memory is counted or refused as far as it is known: no control "
            "group with memory and pids may be made here (root may, and a user to whom systemd delegates)"),
        ),
        _fact(
            "own-root", root.missing() is None, off,
            _("each kernel has a root folder of its own: other files do not exist there, reading leaves no time on "
            "one, and what it writes has room for its disk limit"),
            _("names, sizes and times of the machine's files can be seen, reading one leaves a time on it that the "
            "next kernel can see, and disk is watched, not bounded: {missing} (it takes "
            "CAP_SYS_ADMIN, or namespaces for ordinary users)").format(missing=root.missing() or _("switched off")),
        ),
    ]  # fmt: skip


def _fact(name: str, present: bool, off: frozenset[str] | set[str], meaning: str, without: str) -> Mechanism:
    present = present and name not in off
    return Mechanism(name, present, meaning if present else without)


def require() -> None:
    """Raises `IsolationMissing`, with one sentence, where a mandatory mechanism is missing."""
    missing = [fact.name for fact in _mandatory_facts() if not fact.present]
    if missing:
        raise IsolationMissing(sentence(missing))


def sentence(missing: list[str]) -> str:
    """One sentence for the instructor that names what is missing."""
    meanings = {fact.name: fact.meaning for fact in facts()}
    return (
        _("Student code cannot be isolated on this machine: ")
        + "; ".join(f"{name} is missing ({meanings.get(name, _('it could not be applied'))})" for name in missing)
        + "."
    )
