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
    "/sys/devices/system/node", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/loadavg",
    "/proc/version", "/proc/sys/vm/overcommit_memory",
)  # fmt: skip
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
    paths = list(_SYSTEM_FILES)
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
    others = [path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")]
    paths = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages(), *others]
    return list(dict.fromkeys(os.path.realpath(path) for path in paths if os.path.isdir(path)))


def _belongs_to(entry: str, libraries: tuple[str, ...]) -> bool:
    """Whether an entry of site-packages is part of a library: itself, its metadata, its `.libs`."""
    stem = entry.split("-")[0].split(".")[0].lower().lstrip("_")
    return any(stem == part for library in libraries for part in (library, *_PARTS.get(library, ())))
