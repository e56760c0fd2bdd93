"""What processes hold that neither their memory count nor a folder's listing shows.

Shared memory without a name stays while anybody maps it, but counts only for those who touched it through their own
page tables; a file without a name fills the disk while anybody has it open or mapped.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass

_SHARED_MEMORY = ("/dev/zero", "/memfd:", "/SYSV")
_DELETED = " (deleted)"


@dataclass
class Holdings:
    """Bytes of shared memory that is mapped, touched or not, and of files without a name."""

    memory: int = 0
    disk: int = 0


def hidden(pids: Iterable[int], folders: tuple[str, ...]) -> Holdings:
    """The holdings of all processes together, each object counted once; `folders` are those they can write to."""
    memory: dict[str, int] = {}
    disk: dict[str, int] = {}
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            _mapped(pid, folders, memory, disk)
            _open(pid, disk)
    return Holdings(sum(memory.values()), sum(disk.values()))


def _mapped(pid: int, folders: tuple[str, ...], memory: dict[str, int], disk: dict[str, int]) -> None:
    sizes: dict[tuple[bool, str], int] = {}
    with open(f"/proc/{pid}/maps", errors="replace") as lines:
        for line in lines:
            if not line.endswith(_DELETED + "\n"):
                continue
            span, mode, _, _, inode, path = line.split(maxsplit=5)
            shared = path.startswith(_SHARED_MEMORY)
            if (shared and mode[3] == "s") or path.startswith(folders):
                start, end = (int(part, 16) for part in span.split("-"))
                sizes[shared, inode] = sizes.get((shared, inode), 0) + end - start
    for (shared, inode), size in sizes.items():
        counted = memory if shared else disk
        counted[inode] = max(size, counted.get(inode, 0))


def _open(pid: int, disk: dict[str, int]) -> None:
    with os.scandir(f"/proc/{pid}/fd") as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                about = entry.stat()
                if stat.S_ISREG(about.st_mode) and about.st_nlink == 0:
                    disk[str(about.st_ino)] = about.st_blocks * 512
