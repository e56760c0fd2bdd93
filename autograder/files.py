"""One way to read a file that somebody else wrote, and one to write a file that others read.

What students hand in may be a link, a pipe or a terabyte; what is written may meet a crash, a full disk, or
a second run.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

# Without following a link, and without waiting for the other end of a pipe. Windows has neither.
_SAFELY = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_UNFINISHED = ".new"  # how the name of a file ends that is not yet in its place
# What opening says where there is no file, or a link, a socket or a device without a driver in its place.
_NO_FILE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENXIO, errno.ENODEV)


def read_start(path: Path, most: int) -> bytes | None:
    """The first ``most`` bytes of a regular file; None where there is none, or a link or something else instead.

    Raises ``OSError`` for a file that is there and could not be read: that says nothing about what it holds."""
    try:
        handle = os.open(path, _SAFELY)
    except ValueError:  # a name with a zero byte is no name
        return None
    except OSError as error:
        if error.errno in _NO_FILE or os.path.isdir(path):
            return None
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return None
    with open(handle, "rb") as file:
        try:
            return file.read(most)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from error


def read_whole(path: Path, most: int) -> bytes | None:
    """A regular file's content; None where there is none, and where it has more than ``most`` bytes."""
    data = read_start(path, most + 1)
    return data if data is not None and len(data) <= most else None


def refuse(error: OSError) -> None:
    """For ``os.walk``, which otherwise passes over folders that cannot be looked into: raises the error, unless the
    folder is gone or its path is too long to be used."""
    if error.errno not in _NO_FILE:
        raise error


def write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Writes a file, and the folders above it, so that readers and a crash find the old content or the new."""
    make_folder(path.parent, 0o777)
    with _written_beside(path, data, mode) as beside:
        os.replace(beside, path)
    _keep_names_of(path.parent)


def write_first(path: Path, data: bytes, mode: int = 0o600) -> bool:
    """Writes a file whole where there is none yet; False, and nothing is changed, where somebody was first."""
    with _written_beside(path, data, mode) as beside:
        try:
            os.link(beside, path)
        except FileExistsError:
            return False
    _keep_names_of(path.parent)
    return True


def is_shared(folder: Path) -> bool:
    """Whether a folder is shared by a group: its members may write there, and what is made there is the group's too."""
    mode = folder.stat().st_mode
    return os.name == "posix" and bool(mode & stat.S_ISGID) and bool(mode & stat.S_IWGRP)


def for_group(folder: Path, mode: int) -> int:
    """The mode of something new in a folder: where that is shared, its group may do what its owner may."""
    return mode | (mode & 0o700) >> 3 if is_shared(folder) else mode


def make_folder(path: Path, mode: int = 0o700) -> None:
    """Makes a folder, and those above it; in a shared one it is shared, too. One that is there stays as it is."""
    if path.is_dir():
        return
    if path.parent != path:
        make_folder(path.parent, 0o777)
    path.mkdir(exist_ok=True, mode=mode)
    if is_shared(path.parent):
        os.chmod(path, for_group(path.parent, stat.S_IMODE(path.stat().st_mode)) | stat.S_ISGID)


def share(path: Path) -> None:
    """Lets the group of something of ours, where it is there, do what we may; a folder is shared from then on. What is
    another's is left: it is for them to share it."""
    try:
        about = path.lstat()
    except FileNotFoundError:
        return
    if about.st_uid == os.geteuid() and (stat.S_ISDIR(about.st_mode) or stat.S_ISREG(about.st_mode)):
        mode = stat.S_IMODE(about.st_mode)
        wanted = mode | (mode & 0o700) >> 3 | (stat.S_ISGID if stat.S_ISDIR(about.st_mode) else 0)
        if wanted != mode:
            os.chmod(path, wanted)


@contextmanager
def _written_beside(path: Path, data: bytes, mode: int) -> Iterator[str]:
    """A new file in the same folder, on the disk with all its bytes; gone after the block if it has its name still."""
    _sweep(path)
    handle, beside = _held(path)
    try:
        with os.fdopen(os.dup(handle), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, for_group(path.parent, mode))
    except OSError as error:
        _let_go(handle, beside)
        raise OSError(error.errno, error.strerror, str(path)) from error
    except BaseException:
        _let_go(handle, beside)
        raise
    if sys.platform == "win32":  # which renames no file that is open, and sweeps none
        os.close(handle)
        handle = -1
    try:
        yield beside
    finally:
        _let_go(handle, beside)


def _held(path: Path) -> tuple[int, str]:
    """An empty file beside ``path`` and its descriptor, locked for as long as that is open: whoever sweeps passes over
    it."""
    while True:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_UNFINISHED)
        if sys.platform != "win32":
            with suppress(OSError):  # a disk without locks
                fcntl.flock(handle, fcntl.LOCK_EX)  # one who sweeps has removed it when he lets go
        if os.path.exists(beside):  # nobody swept it before it was locked
            return handle, beside
        os.close(handle)


def _let_go(handle: int, beside: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(beside)
    if handle >= 0:
        os.close(handle)


def _sweep(path: Path) -> None:
    """Removes what was left beside ``path`` by writers that were killed. A living one holds its own."""
    if sys.platform == "win32":
        return
    start, left = f".{path.name}.", []
    with suppress(OSError), os.scandir(path.parent) as entries:  # a folder that may be written to, and not looked into
        left = [entry.path for entry in entries if entry.name.startswith(start) and entry.name.endswith(_UNFINISHED)]
    for name in left:
        with suppress(OSError):  # held, gone or another's
            handle = os.open(name, _SAFELY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(name)
            finally:
                os.close(handle)


def _keep_names_of(folder: Path) -> None:
    """Brings a folder's entries to the disk; until then a crash can undo a rename."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
