"""What processes hold that neither their memory count nor a folder's listing shows.

Shared memory without a name stays while anybody maps a page of it, but counts only for those who touched it through
their own page tables; a file without a name fills the disk while anybody has it open or mapped; sockets and pipes hold
what was written and not read.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

_SHARED_MEMORY = ("/dev/zero", "/memfd:", "/SYSV")
_DELETED = " (deleted)"
_PIPE_BYTES = 1 << 16
UNSEEN_BYTES = 1 << 20  # what a shared mapping may hold, and is taken to hold, where its real size cannot be seen


@dataclass
class Holdings:
    """Bytes of shared memory that is mapped, touched or not, and of what sockets and pipes can hold; and of files
    without a name."""

    memory: int = 0
    disk: int = 0


def sees_mapped() -> bool:
    """Whether this process is told the real size of what another maps: it takes CAP_CHECKPOINT_RESTORE."""
    with mmap.mmap(-1, 1), open("/proc/self/maps") as lines:
        span = next(line.split()[0] for line in lines if "/dev/zero" in line)
        try:
            os.stat(f"/proc/self/map_files/{span}")
        except OSError:
            return False
        return True


def hidden(pids: Iterable[int], folders: tuple[str, ...], seen: bool) -> Holdings:
    """The holdings of all processes together, each object counted once; `folders` are those they can write to.

    `seen`: see `sees_mapped`.
    """
    memory: dict[str, int] = {}
    disk: dict[str, int] = {}
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            _mapped(pid, folders, memory, disk, seen)
            _open(pid, memory, disk)
    return Holdings(sum(memory.values()), sum(disk.values()))


def _mapped(pid: int, folders: tuple[str, ...], memory: dict[str, int], disk: dict[str, int], seen: bool) -> None:
    sizes: dict[tuple[bool, str], int] = {}
    whole: dict[tuple[bool, str], int] = {}
    with open(f"/proc/{pid}/maps", errors="replace") as lines:
        for line in lines:
            if not line.endswith(_DELETED + "\n"):
                continue
            span, mode, _, _, inode, path = line.split(maxsplit=5)
            shared = path.startswith(_SHARED_MEMORY)
            if (shared and mode[3] == "s") or path.startswith(folders):
                start, end = (int(part, 16) for part in span.split("-"))
                sizes[shared, inode] = sizes.get((shared, inode), 0) + end - start
                real = _real_size(pid, span) if seen else UNSEEN_BYTES if shared else 0
                whole[shared, inode] = max(whole.get((shared, inode), 0), real)
    for (shared, inode), size in sizes.items():
        counted = memory if shared else disk
        counted[inode] = max(size, whole[shared, inode], counted.get(inode, 0))


def _real_size(pid: int, span: str) -> int:
    """What the file behind a mapping holds, mapped or not; without a name it has one here."""
    try:
        return os.stat(f"/proc/{pid}/map_files/{span}").st_blocks * 512
    except FileNotFoundError:  # unmapped meanwhile
        return 0


def _open(pid: int, memory: dict[str, int], disk: dict[str, int]) -> None:
    with os.scandir(f"/proc/{pid}/fd") as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                about = entry.stat()
                if stat.S_ISREG(about.st_mode) and about.st_nlink == 0:
                    disk[str(about.st_ino)] = about.st_blocks * 512
                elif stat.S_ISSOCK(about.st_mode):
                    memory[f"socket {about.st_ino}"] = _socket_bytes()
                elif stat.S_ISFIFO(about.st_mode):
                    memory[f"pipe {about.st_ino}"] = _PIPE_BYTES


@cache
def _socket_bytes() -> int:
    """What a socket takes before whoever writes to it has to wait; no kernel can make its own wider."""
    with open("/proc/sys/net/core/wmem_default") as file:
        return int(file.read())
