"""Who hands in while one watches: the submissions that are new or have changed, in the order in which they came.

The folders are looked at again and again, in place of being told by the system: that reaches network folders too, needs
no watch for each student, and follows no link that a submission may hold.
"""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

from autograder.classroom.patience import ask_each

LOOK_S = 0.02
SHARE = 0.1  # of one core, at most, that goes into looking
MAX_ENTRIES = 500

# Of each entry of a submission's folder: its name, its size and when it was changed.
Seen = tuple[tuple[str, int, int], ...]


class Arrivals:
    """What arrives in ``submitted/`` for an assignment. A submission has arrived once it is the same at two looks in a
    row, so that a file that is still being copied is not taken for whole."""

    def __init__(self, submitted: Path, assignment: str) -> None:
        self._submitted = submitted
        self._assignment = assignment
        self._last: dict[str, Seen] = {}
        self._arrived: dict[str, Seen] = {}
        self._next_look = 0.0

    def take(self) -> list[str]:
        """The students whose submissions have arrived since it was asked before, the earliest first; at the first call
        those that are there. It looks as often as it takes little time to, and finds nothing in between."""
        started = time.monotonic()
        if started < self._next_look:
            return []
        now = self._look()
        new = [who for who, seen in now.items() if seen == self._last.get(who) and seen != self._arrived.get(who)]
        new.sort(key=lambda who: (max(at for _, _, at in now[who]), who))
        self._last = now
        self._arrived = {who: now[who] if who in new else seen for who, seen in self._arrived.items() if who in now}
        self._arrived.update((who, now[who]) for who in new)
        took = time.monotonic() - started
        self._next_look = started + max(LOOK_S, took / SHARE)
        return new

    def _look(self) -> dict[str, Seen]:
        students = [name for name in _entries(self._submitted) if not name.startswith(".")]
        folders = {self._submitted / name / self._assignment: name for name in students}
        answers = ask_each(self._submitted, [*folders], self._seen)
        return {folders[folder]: seen for folder, seen in answers.items() if seen}

    def _seen(self, folder: Path) -> Seen | None:
        """What lies in a submission's folder; None where there is none. Links count as what they are."""
        try:
            of_folder = os.lstat(folder)
            if not stat.S_ISDIR(of_folder.st_mode):
                return ((".", of_folder.st_size, of_folder.st_mtime_ns),) if folder.is_dir() else None
            seen = [(".", 0, of_folder.st_mtime_ns)]
            for name in _entries(folder)[:MAX_ENTRIES]:
                of_file = os.lstat(folder / name)
                seen.append((name, of_file.st_size, of_file.st_mtime_ns))
        except OSError:  # it is being moved or removed: the next look tells
            return None
        return tuple(sorted(seen))


def _entries(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:  # no such folder yet
        return []
