"""Lets `multiprocessing` and DataLoader workers run without /dev/shm, which all kernels of a machine would share.

Semaphores live in anonymous memory that forked children inherit, named blocks are files in the kernel's own folder,
and tensors travel between processes by value. This is for honest code; it bounds nothing, Landlock does.
"""

from __future__ import annotations

import _multiprocessing
import _posixshmem
import ctypes
import io
import mmap
import os
import sys
import tempfile
import threading
import time
from multiprocessing import heap, resource_tracker
from multiprocessing.reduction import ForkingPickler
from typing import Any

_RECURSIVE_MUTEX = 0
_SEM_BYTES = 64  # at least sizeof(sem_t) on every Linux
_libc = ctypes.CDLL(None, use_errno=True)


class _Time(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


class AnonymousSemLock:
    """Stands in for `_multiprocessing.SemLock`: same methods, but no name, so it works for forked children only."""

    SEM_VALUE_MAX = _multiprocessing.SemLock.SEM_VALUE_MAX
    name = None

    def __init__(self, kind: int, value: int, maxvalue: int, name: str, unlink: bool) -> None:
        self.kind, self.maxvalue = kind, maxvalue
        self._memory = mmap.mmap(-1, _SEM_BYTES)
        self._semaphore = ctypes.byref((ctypes.c_char * _SEM_BYTES).from_buffer(self._memory))
        self._after_fork()
        _libc.sem_init(self._semaphore, 1, value)

    @property
    def handle(self) -> int:
        """An identity, for messages."""
        return id(self)

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Takes one unit; waits for it at most `timeout` seconds if `block`. Ctrl-C interrupts the wait."""
        if self.kind == _RECURSIVE_MUTEX and self._is_mine():
            self._depth += 1
            return True
        taken = self._wait(timeout) if block else _libc.sem_trywait(self._semaphore) == 0
        if taken:
            self._depth += 1
            self._owner = threading.get_ident()
        return taken

    def _wait(self, timeout: float | None) -> bool:
        if timeout is None:
            while _libc.sem_wait(self._semaphore) != 0:
                pass  # a signal came, and its handler has run by now
            return True
        end = time.time() + max(0.0, timeout)
        limit = _Time(int(end), int(end % 1 * 1e9))
        while _libc.sem_timedwait(self._semaphore, ctypes.byref(limit)) != 0:
            if time.time() >= end:
                return False
        return True

    def release(self) -> None:
        """Gives one unit back."""
        if self.kind == _RECURSIVE_MUTEX:
            if not self._is_mine():
                raise AssertionError("attempt to release recursive lock not owned by thread")
            if self._depth > 1:
                self._depth -= 1
                return
        elif self._get_value() >= self.maxvalue:
            raise ValueError("semaphore or lock released too many times")
        self._depth -= 1
        _libc.sem_post(self._semaphore)

    def _count(self) -> int:
        return self._depth

    def _is_mine(self) -> bool:
        return self._depth > 0 and self._owner == threading.get_ident()

    def _get_value(self) -> int:
        value = ctypes.c_int()
        _libc.sem_getvalue(self._semaphore, ctypes.byref(value))
        return max(0, value.value)

    def _is_zero(self) -> bool:
        return self._get_value() == 0

    def _after_fork(self) -> None:
        self._depth, self._owner = 0, 0

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


def install(folder: str) -> None:
    """Makes sharing between this kernel and its forked children work inside `folder`."""
    tempfile.tempdir = None  # chosen in the warm server, from another environment
    _multiprocessing.SemLock = AnonymousSemLock
    arena: Any = heap.Arena
    arena._dir_candidates = []
    _posixshmem.shm_open = lambda path, flags, mode=0o777: os.open(_block(folder, path), flags, mode)
    _posixshmem.shm_unlink = lambda path: os.unlink(_block(folder, path))
    tracker: Any = resource_tracker
    tracker.register = tracker.unregister = lambda name, kind: None
    os.register_at_fork(after_in_child=_print_through_the_descriptors)
    if torch := sys.modules.get("torch"):
        _send_tensors_by_value(torch)


def _block(folder: str, path: str) -> str:
    return os.path.join(folder, "shm-" + path.strip("/"))


def _print_through_the_descriptors() -> None:
    """A forked child has no threads to publish what it prints; the parent reads what reaches descriptors 1 and 2."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        raw = io.FileIO(descriptor, "w", closefd=False)
        setattr(sys, name, io.TextIOWrapper(io.BufferedWriter(raw), line_buffering=True, errors="replace"))


def _send_tensors_by_value(torch: Any) -> None:
    pickler: Any = ForkingPickler
    for kind in [kind for kind in pickler._extra_reducers if kind.__module__.partition(".")[0] == "torch"]:
        del pickler._extra_reducers[kind]

    def new_unshared(cls: Any, size: int, *, device: str = "cpu") -> Any:
        return cls(size, device=device)

    torch.UntypedStorage._new_shared = classmethod(new_unshared)
