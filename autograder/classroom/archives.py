"""What lies in an archive or a folder that somebody else packed, read so that nothing in it can do harm.

Nothing is unpacked to where its name says: members are read into memory, one at a time, up to a size, and only regular
files are. What a name or a link would lead out of, what is encrypted or damaged is passed over, with a sentence.
"""

from __future__ import annotations

import io
import os
import re
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from autograder import files
from autograder.course import UsageError
from autograder.faults import of_os_error, printable
from autograder.language import sentences_of

_ = sentences_of(__package__)

MOST_MEMBERS = 100_000
MOST_BYTES = 8_000_000_000  # that all members together may have
NESTED_BYTES = 50_000_000  # of an archive inside of one
DIRECTORY_BYTES = 20_000_000  # of a ZIP file's list of members, which is read at once
LONGEST = 1000  # of a path
# What systems and editors leave in folders.
_LITTER = re.compile(
    r"(^|/)(__MACOSX|\.git|\.ipynb_checkpoints|__pycache__|\.hypothesis)(/|$)|(^|/)(\._|\.DS_Store|Thumbs\.db)"
)
_END = b"PK\5\6"
_END_BYTES = 22 + 65_535  # with the longest comment


class NoArchive(UsageError):
    """What was given is no archive that can be read; the text is one sentence for the user."""


@dataclass(frozen=True)
class Member:
    """A regular file of an archive: its path, in which nothing leads upwards, and how to read it.

    ``read(most)`` gives its bytes; None where it has more than ``most``, is damaged or encrypted.
    """

    path: str
    read: Callable[[int], bytes | None] = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Contents:
    """The members of an archive, by path, and a sentence for each that was passed over. ``clones`` are the folders that
    are clones of a repository, where it is a folder of them."""

    members: tuple[Member, ...]
    passed_over: tuple[str, ...] = ()
    clones: tuple[str, ...] = ()


@contextmanager
def opened(path: Path) -> Iterator[Contents]:
    """The contents of a ZIP or tar file, or of a folder; they can be read until the end of the block.

    Raises ``NoArchive`` where it is none, or is larger than anything that a class hands in.
    """
    if path.is_dir():
        yield _of_folder(path)
        return
    if not path.is_file():
        raise NoArchive(_("There is no archive {path}.").format(path=path))
    try:
        with open(path, "rb") as file:
            yield from _of_file(file, path.name)
    except OSError as error:
        raise of_os_error(error, path) from error


def _of_file(file: BinaryIO, name: str) -> Iterator[Contents]:
    if zipfile.is_zipfile(file):
        if _directory_bytes(file) > DIRECTORY_BYTES:
            raise NoArchive(_("{name} has a list of members that is longer than that of any class.").format(name=name))
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise NoArchive(
                _("{name} is a damaged ZIP file ({error}); download it again.").format(name=name, error=error)
            ) from error
        with archive:
            yield _of_zip(archive, name)
        return
    file.seek(0)
    try:
        tar = tarfile.open(fileobj=file, mode="r:*")
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise NoArchive(_("{name} is neither a ZIP nor a tar file that can be read.").format(name=name)) from error
    with tar:
        yield _of_tar(tar, name)


def nested(data: bytes, name: str) -> Contents | None:
    """The contents of a ZIP file that lies in a submission; None where it is none that can be read."""
    file = io.BytesIO(data)
    try:
        if len(data) > NESTED_BYTES or not zipfile.is_zipfile(file) or _directory_bytes(file) > DIRECTORY_BYTES // 10:
            return None
        return _of_zip(zipfile.ZipFile(file), name)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, NoArchive):
        return None


def clean_path(name: str) -> str | None:
    """A member's path as plain parts joined by slashes; None where it leads elsewhere or cannot be a path."""
    text = unicodedata.normalize("NFC", name.replace("\\", "/"))
    while text.startswith("./"):
        text = text[2:]
    parts = text.split("/")
    if text.startswith("/") or re.match(r"[A-Za-z]:/", text) or len(text) > LONGEST:
        return None
    if any(part in ("", ".", "..") or not part.isprintable() for part in parts):
        return None
    try:
        text.encode()
    except UnicodeEncodeError:
        return None
    return text


class _Budget:
    """How much all members of an archive together may still have."""

    def __init__(self, name: str) -> None:
        self._name, self._left, self._count = name, MOST_BYTES, 0

    def take(self, size: int) -> None:
        self._left -= size
        self._count += 1
        if self._left < 0 or self._count > MOST_MEMBERS:
            raise NoArchive(
                _(
                    "{name} unpacks to more than {most_members:,} files or {most_bytes} GB, which is no "
                    "class's work; nothing was collected."
                ).format(name=self._name, most_members=MOST_MEMBERS, most_bytes=MOST_BYTES // 10**9)
            )


def _of_zip(archive: zipfile.ZipFile, name: str) -> Contents:
    budget, members, passed_over = _Budget(name), {}, []
    for info in archive.infolist():
        said = _zip_name(info)
        if info.is_dir() or _LITTER.search(said):
            continue
        budget.take(0)
        path = clean_path(said)
        if path is None:
            passed_over.append(
                _("{said}: its name leads elsewhere or is none; it was passed over.").format(said=printable(said)[:200])
            )
        elif (info.external_attr >> 16) & 0o170000 not in (0, 0o100000):
            passed_over.append(_("{path}: it is a link or another special file; it was passed over.").format(path=path))
        elif info.flag_bits & 1:
            passed_over.append(_("{path}: it is encrypted; it was passed over.").format(path=path))
        else:
            members[path] = Member(path, partial(_read_zip, archive, info, budget))
    return Contents(tuple(members[path] for path in sorted(members)), tuple(passed_over))


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: zipfile takes one without the flag for UTF-8 for a code page that few still use."""
    if not info.flag_bits & 0x800:
        try:
            return info.filename.encode("cp437").decode("utf-8")
        except UnicodeError:
            return info.filename
    return info.filename


def _read_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget, most: int) -> bytes | None:
    try:
        with archive.open(info) as file:
            data = file.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        return None
    budget.take(len(data))
    return data if len(data) <= most else None


def _of_tar(archive: tarfile.TarFile, name: str) -> Contents:
    budget, members, passed_over = _Budget(name), {}, []
    try:
        for info in archive:
            if info.isdir() or _LITTER.search(info.name):
                continue
            budget.take(info.size)
            path = clean_path(info.name)
            if path is None:
                passed_over.append(
                    _("{name}: its name leads elsewhere; it was passed over.").format(name=printable(info.name)[:200])
                )
            elif not info.isreg():
                passed_over.append(
                    _("{path}: it is a link or another special file; it was passed over.").format(path=path)
                )
            else:
                members[path] = Member(path, partial(_read_tar, archive, info))
    except (tarfile.TarError, EOFError, zlib.error, ValueError, OSError) as error:
        raise NoArchive(_("{name} is damaged ({error}); download it again.").format(name=name, error=error)) from error
    return Contents(tuple(members[path] for path in sorted(members)), tuple(passed_over))


def _read_tar(archive: tarfile.TarFile, info: tarfile.TarInfo, most: int) -> bytes | None:
    try:
        file = archive.extractfile(info)
        data = file.read(most + 1) if file else None
    except (tarfile.TarError, EOFError, zlib.error, ValueError, OSError):
        return None
    return data if data is not None and len(data) <= most else None


def _of_folder(root: Path) -> Contents:
    budget, members, passed_over, clones = _Budget(root.name), {}, [], []
    for parent, folders, names in os.walk(root):
        here = Path(parent)
        if (here / ".git").exists() and here != root:
            clones.append(here.relative_to(root).as_posix())
        for name in sorted([*names, *(one for one in folders if (here / one).is_symlink())]):
            path = here / name
            said = path.relative_to(root).as_posix()
            if _LITTER.search(said):
                continue
            budget.take(0)
            cleaned = clean_path(said)
            if cleaned is None:
                passed_over.append(
                    _("{said}: its name cannot be used; it was passed over.").format(said=printable(said)[:200])
                )
            elif path.is_symlink():
                passed_over.append(_("{cleaned}: it is a link; it was passed over.").format(cleaned=cleaned))
            else:
                members[cleaned] = Member(cleaned, partial(files.read_whole, path))
        folders[:] = sorted(one for one in folders if one != ".git" and not (here / one).is_symlink())
    return Contents(tuple(members[path] for path in sorted(members)), tuple(passed_over), tuple(sorted(clones)))


def _directory_bytes(file: BinaryIO) -> int:
    """How long a ZIP file says its list of members is. One of more than 4 GB, or with more than 65,535 members, says so
    elsewhere; then it counts as long as the whole file."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_BYTES))
    tail = file.read(_END_BYTES)
    file.seek(0)
    at = tail.rfind(_END)
    said = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else size
    return size if said == 0xFFFFFFFF else said
