"""The folder for everything that a run's workers and kernels make for a while: one for each run, and gone with it.

It is locked for as long as the run lives, so that a run finds what another one left that was killed, and removes it.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from autograder.sandbox.trees import remove_tree

PREFIX = "autograder-run-"
_NEW = ".autograder-new-"
_LONGEST = 60  # of a path below which kernels have sockets, whose paths have at most 107 bytes


class RunFolder:
    """A new folder for temporary files. Use as a context manager, which removes it.

    ``path`` is where it lies; others may pass through it, and only its owner lists it."""

    def __enter__(self) -> RunFolder:
        folder = tempfile.gettempdir()
        place = Path(folder if len(folder) <= _LONGEST - len(PREFIX) else "/tmp")
        sweep(place)
        made = Path(tempfile.mkdtemp(prefix=_NEW, dir=place))
        self._lock = os.open(made, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        made.chmod(0o711)
        # Under its own name only once it is locked, so that nobody takes it for one that was left.
        self.path = made.with_name(PREFIX + made.name.removeprefix(_NEW))
        made.rename(self.path)
        return self

    def __exit__(self, *exception: object) -> None:
        with suppress(OSError):  # a kernel's supervisor may still be removing its own part
            remove_tree(str(self.path))
        os.close(self._lock)


def sweep(place: Path) -> None:
    """Removes the folders of runs that did not live to do it."""
    for folder in place.glob(f"{PREFIX}*"):
        with suppress(OSError):  # another user's, or still in use
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove_tree(str(folder))
            finally:
                os.close(lock)
