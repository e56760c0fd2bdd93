"""What takes a while to make, and is shown at any time: made anew in a thread of its own when what it is made from has
changed, and shown as it was meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Generic, TypeVar

PATIENCE_S = 0.15  # that a page waits for what is new
REST = 2.0  # times as long as the last making nothing is made anew: an open page costs a third of a core at most
T = TypeVar("T")


class Renewed(Generic[T]):
    """A value of which ``stamp`` says, cheaply, whether it has to be made anew, and that ``make`` makes from the one
    before. Safe to be asked for by several threads."""

    def __init__(self, stamp: Callable[[], Hashable], make: Callable[[T | None], T]) -> None:
        self._stamp, self._make = stamp, make
        self._lock = threading.Lock()
        self._value: T | None = None
        self._made_of: Hashable = None
        self._error: Exception | None = None
        self._rest_until = 0.0
        self._done = threading.Event()
        self._done.set()

    def get(self, patience: float = PATIENCE_S, *, at_once: bool = False) -> T | None:
        """The value as it is now, or was a moment ago; None where there is none yet. Waits so many seconds for a newer
        one. Raises what the making raised; the next call tries again.

        at_once: also where it was made a moment ago; for whoever has just changed something."""
        until = time.monotonic() + patience
        self._begin(at_once)
        if self._done.wait(patience) and at_once:  # what was under way may have begun before the change
            self._begin(at_once)
            self._done.wait(max(0.0, until - time.monotonic()))
        with self._lock:
            if self._error is not None:
                error, self._error = self._error, None
                raise error
            return self._value

    def _begin(self, at_once: bool) -> None:
        with self._lock:
            rests = self._value is not None and time.monotonic() < self._rest_until and not at_once
            if not self._done.is_set() or rests:
                return
            now = self._stamp()
            if self._value is None or now != self._made_of:
                self._done.clear()
                threading.Thread(target=self._renew, args=(now,), daemon=True, name="desk-renews").start()

    def _renew(self, stamp: Hashable) -> None:
        started = time.monotonic()
        value, error = self._value, None
        try:
            value = self._make(self._value)
        except Exception as raised:  # said to whoever asks next, in their thread
            error = raised
        with self._lock:
            self._value, self._error = value, error
            self._made_of = stamp if error is None else None
            ended = time.monotonic()
            self._rest_until = ended + REST * (ended - started) if error is None else 0.0
            self._done.set()


def stamp_of(*paths: Path) -> tuple[tuple[int, int, int], ...]:
    """What changes whenever one of these files or folders does: inode, size and time of each; zeros where there is
    none, and where it is empty, as a database's log is that somebody opened to read."""
    found = []
    for path in paths:
        try:
            about = path.stat()
        except OSError:
            about = None
        found.append((about.st_ino, about.st_size, about.st_mtime_ns) if about and about.st_size else (0, 0, 0))
    return tuple(found)
