"""What processes hold that neither their memory count nor a folder's listing shows.

Shared memory without a name stays while anybody maps a page of it, but counts only for those who touched it through
their own page tables; a file without a name fills the disk while anybody has it open or mapped; sockets and pipes hold
what was written and not read; and Linux keeps something of each mapping and each watched descriptor for itself.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import stat
from collections.abc import Iterable, Iterator
from functools import cache

_SHARED_MEMORY = ("/dev/zero", "/memfd:", "/SYSV")
_DELETED = " (deleted)"
_WATCHES = "anon_inode:[eventpoll]"
_PIPE_BYTES = 1 << 16
_MAPPING_BYTES = _WATCH_BYTES = 256  # 220 and 190 were measured
_LINES_AT_ONCE = 500
UNSEEN_BYTES = 1 << 20  # what a shared mapping may hold, and is taken to hold, where its real size cannot be seen


class Holdings:
    """What a walk found until now, each object once, watches once for each descriptor: in `memory` bytes of shared
    memory that is mapped, touched or not, of what sockets and pipes can hold, and of what Linux itself keeps for
    mappings and watched descriptors; in `disk` those of files without a name."""

    def __init__(self) -> None:
        self._memory: dict[str, int] = {}
        self._disk: dict[str, int] = {}

    @property
    def memory(self) -> int:
        return sum(self._memory.values())

    @property
    def disk(self) -> int:
        return sum(self._disk.values())

    def walk(self, pids: Iterable[int], folders: tuple[str, ...], seen: bool) -> Iterator[None]:
        """Looks through all processes; stops now and then, since they can make it long. `folders` are those they can
        write to; `seen`: see `sees_mapped`."""
        for pid in pids:
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
                yield from _mapped(pid, folders, self._memory, self._disk, seen)
                yield from _open(pid, self._memory, self._disk)


def sees_mapped() -> bool:
    """Whether this process is told the real size of what another maps: it takes CAP_CHECKPOINT_RESTORE."""
    with mmap.mmap(-1, 1), open("/proc/self/maps") as lines:
        span = next(line.split()[0] for line in lines if "/dev/zero" in line)
        try:
            os.stat(f"/proc/self/map_files/{span}")
        except OSError:
            return False
        return True


def _mapped(
    pid: int, folders: tuple[str, ...], memory: dict[str, int], disk: dict[str, int], seen: bool
) -> Iterator[None]:
    sizes: dict[tuple[bool, str], int] = {}
    whole: dict[tuple[bool, str], int] = {}
    number = 0
    with open(f"/proc/{pid}/maps", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if number % _LINES_AT_ONCE == 0:
                yield
            if not line.endswith(_DELETED + "\n"):
                continue
            span, mode, _, _, inode, path = line.split(maxsplit=5)
            shared = path.startswith(_SHARED_MEMORY)
            if (shared and mode[3] == "s") or path.startswith(folders):
                start, end = (int(part, 16) for part in span.split("-"))
                sizes[shared, inode] = sizes.get((shared, inode), 0) + end - start
                real = _real_size(pid, span) if seen else UNSEEN_BYTES if shared else 0
                whole[shared, inode] = max(whole.get((shared, inode), 0), real)
    memory[f"mappings of {pid}"] = number * _MAPPING_BYTES
    for (shared, inode), size in sizes.items():
        counted = memory if shared else disk
        counted[inode] = max(size, whole[shared, inode], counted.get(inode, 0))


def _real_size(pid: int, span: str) -> int:
    """What the file behind a mapping holds, mapped or not; without a name it has one here."""
    try:
        return os.stat(f"/proc/{pid}/map_files/{span}").st_blocks * 512
    except FileNotFoundError:  # unmapped meanwhile
        return 0


def _open(pid: int, memory: dict[str, int], disk: dict[str, int]) -> Iterator[None]:
    yield
    with os.scandir(f"/proc/{pid}/fd") as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                about = entry.stat()
                if stat.S_ISSOCK(about.st_mode):
                    memory[f"socket {about.st_ino}"] = _socket_bytes()
                elif stat.S_ISFIFO(about.st_mode):
                    memory[f"pipe {about.st_ino}"] = _PIPE_BYTES
                elif os.readlink(entry.path) == _WATCHES:
                    yield from _watched(pid, entry.name, memory)
                elif stat.S_ISREG(about.st_mode) and about.st_nlink == 0:
                    disk[str(about.st_ino)] = about.st_blocks * 512


def _watched(pid: int, descriptor: str, memory: dict[str, int]) -> Iterator[None]:
    """What one epoll descriptor watches: any number of times the same file, under as many numbers."""
    number = 0
    with open(f"/proc/{pid}/fdinfo/{descriptor}") as lines:
        for number, _ in enumerate(lines, start=1):
            if number % _LINES_AT_ONCE == 0:
                yield
    memory[f"watches {pid} {descriptor}"] = number * _WATCH_BYTES


@cache
def _socket_bytes() -> int:
    """What a socket takes before whoever writes to it has to wait; no kernel can make its own wider."""
    with open("/proc/sys/net/core/wmem_default") as file:
        return int(file.read())
