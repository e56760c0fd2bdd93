"""One way to read a file that somebody else wrote, and one to write a file that others read.

What students hand in may be a link, a pipe or a terabyte; what is written may meet a crash, a full disk, or
a second run.
"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

# Without following a link, and without waiting for the other end of a pipe. Windows has neither.
_SAFELY = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_start(path: Path, most: int) -> bytes | None:
    """The first ``most`` bytes of a regular file; None where there is none, or a link or something else instead."""
    try:
        handle = os.open(path, _SAFELY)
    except (OSError, ValueError):  # a name with a zero byte is no name
        return None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return None
    with open(handle, "rb") as file:
        return file.read(most)


def read_whole(path: Path, most: int) -> bytes | None:
    """A regular file's content; None where there is none, and where it has more than ``most`` bytes."""
    data = read_start(path, most + 1)
    return data if data is not None and len(data) <= most else None


def write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Writes a file, and the folders above it, so that readers and a crash find the old content or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = _written_beside(path, data, mode)
    try:
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise
    _keep_names_of(path.parent)


def write_first(path: Path, data: bytes, mode: int = 0o600) -> bool:
    """Writes a file whole where there is none yet; False, and nothing is changed, where somebody was first."""
    beside = _written_beside(path, data, mode)
    try:
        os.link(beside, path)
    except FileExistsError:
        return False
    finally:
        os.unlink(beside)
    _keep_names_of(path.parent)
    return True


def _written_beside(path: Path, data: bytes, mode: int) -> str:
    """A new file in the same folder, on the disk with all its bytes."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, mode)
    except BaseException:
        os.unlink(beside)
        raise
    return beside


def _keep_names_of(folder: Path) -> None:
    """Brings a folder's entries to the disk; until then a crash can undo a rename."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
