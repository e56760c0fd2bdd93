"""What a process gives up before it runs a student's code: its user, its capabilities, new privileges."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import stat
from collections.abc import Iterable, Iterator

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_KEEPCAPS, _PR_CAPBSET_DROP = 1, 4, 8, 24
_PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _CLEAR_ALL = 36, 38, 47, 4
_CAP_DAC_READ_SEARCH, _CAP_SETUID, _CAP_SYS_PTRACE, _LAST_CAP = 2, 7, 19, 63
_CAPABILITY_VERSION_3 = 0x20080522
_FIRST_USER, _USERS = 61_200, 4_000  # the range that systemd keeps for users without a name
_libc = ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int = 0, second: int = 0) -> None:
    if _libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(second), ctypes.c_ulong(0), ctypes.c_ulong(0)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl {option}: {os.strerror(number)}")


def become_subreaper() -> None:
    """Processes whose parent died become children of this one, so that none is lost."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(signal_number: int, parent: int) -> None:
    """This process gets the signal when its parent thread ends; ends at once where the parent already has."""
    _prctl(_PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:
        os._exit(1)


def forbid_new_privileges() -> None:
    """No set-user-id program or file capability adds privileges any more."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def may_change_user(readable: Iterable[str]) -> bool:
    """Whether this process may become another user who can still reach the `readable` paths.

    Root may, outside a container that forbids it. Where a path is closed to others, the kernel has to keep a
    capability to reach it, and watching a process with capabilities takes one more; not every container's root can.
    """
    if os.geteuid() != 0 or not _has(_CAP_SETUID) or not _is_mapped(_FIRST_USER + _USERS):
        return False
    if all(_open_to_others(path) for path in readable):
        return True
    return _has(_CAP_DAC_READ_SEARCH) and _has(_CAP_SYS_PTRACE)


def _has(capability: int) -> bool:
    with open("/proc/self/status") as status:
        effective = next(line.split()[1] for line in status if line.startswith("CapEff:"))
    return bool(int(effective, 16) >> capability & 1)


@contextlib.contextmanager
def reading_as(user: int | None) -> Iterator[None]:
    """Looks into /proc as `user`, which a root without CAP_SYS_PTRACE has to do; as itself where `user` is None."""
    if user is None or _has(_CAP_SYS_PTRACE):
        yield
        return
    _libc.setfsgid(user)
    _libc.setfsuid(user)
    try:
        yield
    finally:
        _libc.setfsuid(os.geteuid())
        _libc.setfsgid(os.getegid())


def _is_mapped(user: int) -> bool:
    with open("/proc/self/uid_map") as lines:
        ranges = [tuple(map(int, line.split())) for line in lines]
    return any(first <= user < first + count for first, _, count in ranges)


def reserve_user() -> tuple[int, socket.socket] | None:
    """A user id that no other kernel of this machine has, and the socket that holds it while it stays open.

    An abstract socket's name can be bound once, and is free again when its owner dies: a lock without a file.
    """
    for user in range(_FIRST_USER + os.getpid() % _USERS, _FIRST_USER + 2 * _USERS):
        user = _FIRST_USER + (user - _FIRST_USER) % _USERS
        holder = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            holder.bind(f"\0autograder-user-{user}")
            return user, holder
        except OSError:
            holder.close()
    return None


def give_up(user: int | None, readable: Iterable[str]) -> None:
    """Drops every capability, becoming `user` first where one is given.

    Where that user could not reach one of the `readable` paths (a Python below /root, a course below a closed
    home), the right to read past file modes stays: Landlock, and not the file mode, is what bounds reading
    here.
    """
    kept = 0
    if user is not None:
        kept = 0 if all(_open_to_others(path) for path in readable) else 1 << _CAP_DAC_READ_SEARCH
        _prctl(_PR_SET_KEEPCAPS, 1)
        _drop_bounding_set()
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        _prctl(_PR_SET_DUMPABLE, 1)  # its own /proc entries stay its own
    else:
        _drop_bounding_set()
    with contextlib.suppress(OSError):  # kernels before 4.3 have no ambient set to clear
        _prctl(_PR_CAP_AMBIENT, _CLEAR_ALL)
    _set_capabilities(kept)


def _drop_bounding_set() -> None:
    for capability in range(_LAST_CAP + 1):
        with contextlib.suppress(OSError):  # beyond the last one, or not allowed to: then there is none to gain
            _prctl(_PR_CAPBSET_DROP, capability)


def _set_capabilities(kept: int) -> None:
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    low, high = kept & 0xFFFFFFFF, kept >> 32
    data = (ctypes.c_uint32 * 6)(low, low, 0, high, high, 0)  # effective, permitted, inheritable, for each half
    if _libc.capset(header, data) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"capset: {os.strerror(number)}")


def _open_to_others(path: str) -> bool:
    path = os.path.realpath(path)
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return True  # nothing there to be reached
    wanted = stat.S_IROTH | (stat.S_IXOTH if stat.S_ISDIR(mode) else 0)
    if mode & wanted != wanted:
        return False
    while (path := os.path.dirname(path)) != "/":
        if not os.stat(path).st_mode & stat.S_IXOTH:
            return False
    return True
