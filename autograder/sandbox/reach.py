"""Which files a student's kernel may read: Python, libraries that are not forbidden, fonts."""

from __future__ import annotations

import functools
import os
import site
import sys
import sysconfig
from collections.abc import Callable

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

_SYSTEM_FILES = (
    "/etc/localtime", "/etc/ld.so.cache", "/etc/mime.types", "/etc/fonts", "/usr/share/fonts",
    "/usr/share/zoneinfo", "/usr/share/mime", "/usr/local/share/fonts", "/sys/devices/system/cpu",
    "/sys/devices/system/node",
)  # fmt: skip
_SYSTEM_FACTS = (
    "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/loadavg", "/proc/version",
    "/proc/sys/vm/overcommit_memory",
)  # fmt: skip
# What /proc says of the process itself, but for what it says of the machine there: sockets of others, mounted folders.
_OF_THE_MACHINE = {"net", "task", "mounts", "mountinfo", "mountstats", "cgroup"}
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_LIBRARY_FOLDERS = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")
# Folders of site-packages that belong to a library although they are named otherwise.
_PARTS = {
    "torch": ("torchgen", "functorch", "torchvision", "torchaudio"),
    "sklearn": ("scikit_learn",),
    "cv2": ("opencv_python", "opencv_python_headless"),
    "skimage": ("scikit_image",),
    "tensorflow": ("tensorflow_cpu", "tensorflow_intel"),
}


@functools.cache
def readable_paths(forbidden: tuple[str, ...]) -> tuple[str, ...]:
    """What every kernel may read, without the forbidden libraries and without this package.

    Rules allow and never refuse, so a folder that holds something out of reach is named entry by entry.
    """
    paths = [*_SYSTEM_FILES, *_SYSTEM_FACTS]
    for folder in dict.fromkeys(os.path.realpath(folder) for folder in (*_LIBRARY_FOLDERS, _own_libraries())):
        paths += _folder_without(folder, lambda name: name.startswith("python3"))
    for folder in _standard_library():
        paths += _folder_without(folder, lambda name: name in ("site-packages", "dist-packages"))
    for folder in _site_packages():
        paths += _folder_without(folder, lambda name: _belongs_to(name, (*forbidden, "autograder")))
    return tuple(paths)


@functools.cache
def listable_paths() -> tuple[str, ...]:
    """Folders whose entries may be listed, as the import system does, though not every file read."""
    return (*_standard_library(), *_site_packages())


def own_process_paths() -> tuple[str, ...]:
    """What the calling process may read of itself. Not what its links lead to (its root folder is one), and nothing of
    its threads, whose entries would lead to the machine's sockets again."""
    with os.scandir("/proc/self") as entries:
        kept = [entry.path for entry in entries if not entry.is_symlink() and entry.name not in _OF_THE_MACHINE]
    return tuple(kept)


@functools.cache
def laid_out_paths() -> tuple[str, ...]:
    """Files and folders that a root of the kernel's own holds: what can be read lies in them, in whole folders, by
    every path that leads there."""
    ways = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    ways += [os.path.dirname(os.__file__), *site.getsitepackages(), *filter(_is_for_packages, sys.path)]
    folders = [*_LIBRARY_FOLDERS, _own_libraries(), *_standard_library(), *_site_packages(), *ways]
    return tuple(dict.fromkeys([*_SYSTEM_FILES, *DEVICES, *folders]))


def _folder_without(folder: str, hidden: Callable[[str], bool]) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries]
    except OSError:
        return []
    if not any(map(hidden, names)):
        return [folder]
    return [os.path.join(folder, name) for name in names if not hidden(name)]


def _own_libraries() -> str:
    return os.path.join(sys.base_prefix, "lib")


def _standard_library() -> list[str]:
    paths = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), os.path.dirname(os.__file__)]
    return list(dict.fromkeys(os.path.realpath(path) for path in paths if os.path.isdir(path)))


def _site_packages() -> list[str]:
    # a .pth file may bring the libraries of another environment along
    others = list(filter(_is_for_packages, sys.path))
    paths = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages(), *others]
    return list(dict.fromkeys(os.path.realpath(path) for path in paths if os.path.isdir(path)))


def _is_for_packages(path: str) -> bool:
    return os.path.basename(path) in ("site-packages", "dist-packages")


def _belongs_to(entry: str, libraries: tuple[str, ...]) -> bool:
    """Whether an entry of site-packages is part of a library: itself, its metadata, its `.libs`."""
    stem = entry.split("-")[0].split(".")[0].lower().lstrip("_")
    return any(stem == part for library in libraries for part in (library, *_PARTS.get(library, ())))
