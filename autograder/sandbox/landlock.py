"""Landlock, Linux's confinement for unprivileged processes: three system calls and their constants.

The `landlock` package on PyPI knows rules for files alone and stops at ABI 5; the scoping of signals and
abstract sockets (ABI 6) and the network rules (ABI 4) are needed here, so this module calls the kernel
itself. Reference: https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import enum
import os
import stat
from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Right(enum.IntFlag):
    """What a rule may allow beneath a path."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15


READ = Right.READ_FILE | Right.READ_DIR
WRITE = (
    READ
    | Right.WRITE_FILE
    | Right.REMOVE_DIR
    | Right.REMOVE_FILE
    | Right.MAKE_DIR
    | Right.MAKE_REG
    | Right.MAKE_SYM
    | Right.REFER
    | Right.TRUNCATE
)
DEVICE = Right.READ_FILE | Right.WRITE_FILE
_FILE_RIGHTS = Right.EXECUTE | Right.WRITE_FILE | Right.READ_FILE | Right.TRUNCATE | Right.IOCTL_DEV
_NET_TCP = 0b11  # bind and connect
_SCOPES = 0b11  # abstract Unix sockets and signals


class _RulesetAttr(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _PathBeneathAttr(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent_fd", ctypes.c_int32)]


def abi() -> int:
    """The version of Landlock that the running kernel offers; 0 where there is none."""
    return max(0, int(_libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))))


def _rights_of(version: int) -> Right:
    rights = (Right.REFER << 1) - 1 if version >= 2 else Right.REFER - 1
    if version >= 3:
        rights |= Right.TRUNCATE
    if version >= 5:
        rights |= Right.IOCTL_DEV
    return Right(rights)


class Ruleset:
    """Everything that Landlock can refuse in `version` of its interface is refused, except what `allow` lets through.

    From version 6 on, signals and abstract sockets are confined too.
    """

    def __init__(self, version: int) -> None:
        self._handled = _rights_of(version)
        attr = _RulesetAttr(self._handled, _NET_TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
        size = 8 if version < 4 else 16 if version < 6 else 24
        self._fd = _check(_libc.syscall(_CREATE_RULESET, ctypes.byref(attr), ctypes.c_size_t(size), ctypes.c_uint32(0)))

    def allow(self, paths: Iterable[str | os.PathLike[str]], rights: Right) -> None:
        """Allows `rights` on files and beneath folders; a path that does not exist allows nothing."""
        for path in paths:
            try:
                fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                continue
            try:
                self._add(fd, rights)
            finally:
                os.close(fd)

    def _add(self, fd: int, rights: Right) -> None:
        allowed = rights & self._handled
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            allowed &= _FILE_RIGHTS
        attr = _PathBeneathAttr(allowed, fd)
        _check(_libc.syscall(_ADD_RULE, self._fd, _PATH_BENEATH, ctypes.byref(attr), ctypes.c_uint32(0)))

    def restrict_self(self) -> None:
        """Confines the calling thread and all that it starts, for good. Needs no_new_privs."""
        try:
            _check(_libc.syscall(_RESTRICT_SELF, self._fd, ctypes.c_uint32(0)))
        finally:
            os.close(self._fd)


def _check(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {os.strerror(number)}")
    return result
