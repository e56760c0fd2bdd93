"""One way to read a file that somebody else wrote, and one to write a file that others read.

What students hand in may be a link, a pipe or a terabyte; what is written may meet a crash, a full disk, or
a second run.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

# Without following a link, and without waiting for the other end of a pipe. Windows has neither.
_SAFELY = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


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


def _written_beside(path: Path, data: bytes, mode: int) -> str:
    """A new file in the same folder, on the disk with all its bytes."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, for_group(path.parent, mode))
    except OSError as error:
        os.unlink(beside)
        raise OSError(error.errno, error.strerror, str(path)) from error
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
