"""A root folder of the kernel's own, in a mount namespace: of the machine's files those alone that it needs.

Landlock keeps files from being opened. Their names, sizes and times it shows to all who may walk there, and a file that
is read keeps the time of it, for the next kernel to see. In here what is not laid out does not exist; what is laid out
is mounted read-only, so that reading leaves nothing; and what is written has room for the disk limit and no more, files
without a name and those on their way between processes included.

It takes CAP_SYS_ADMIN, or a kernel of Linux that gives namespaces to ordinary users.
"""

from __future__ import annotations

import ctypes
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.language import sentences_of

_ = sentences_of(__package__)

_NEW_MOUNTS, _NEW_USER = 0x20000, 0x10000000
_NOSUID, _NODEV, _BIND, _REC, _PRIVATE, _DETACH = 2, 4, 4096, 16384, 1 << 18, 2
_MOUNT_SETATTR, _HERE, _RECURSIVE = 442, -100, 0x8000
_READ_ONLY = 1
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_CAP_SYS_ADMIN = 21
_ROOM_BYTES, _ROOM_FILES = 1 << 20, 2000  # beyond the limits: what breaks one has to be seen
_NEITHER = _("mounts take CAP_SYS_ADMIN")
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Layout:
    """What a kernel's own root holds.

    `seen`: files and folders of the machine, at their own paths, read-only. `shared`: folders and device files of the
    machine that it may write to. `own`: folders that it fills, where only a copy of what they hold now is laid out;
    `user` owns them where one is given. `disk_bytes` and `files` are all that they have room for, and a little.
    """

    seen: tuple[str, ...]
    shared: tuple[str, ...]
    own: tuple[str, ...]
    user: int | None
    disk_bytes: int
    files: int


def enter(layout: Layout) -> None:
    """Makes the layout this process's root, for good. The process must have one thread; its working folder is the first
    of the layout's own ones. Raises OSError where this machine does not allow it."""
    _separate()
    _mount(None, "/", None, _REC | _PRIVATE)
    top = layout.own[-1]  # a folder that exists, and that nobody else looks into
    room = f"size={layout.disk_bytes + _ROOM_BYTES},nr_inodes={layout.files + _ROOM_FILES},mode=0755"
    _mount("tmpfs", top, "tmpfs", _NOSUID | _NODEV, room)
    bound: set[str] = set()
    shared = [path for path in layout.shared if os.path.exists(path)]
    for path in ("/proc", *filter(os.path.exists, sorted(layout.seen)), *shared):
        _lay(top, path, bound)
    for folder in layout.own[:-1]:
        _copy(folder, top + folder)
    os.makedirs(top + layout.own[-1], mode=0o755)
    if layout.user is not None:
        for folder in layout.own:
            give(top + folder, layout.user)
    _pivot(top)
    _set_attributes("/", set_flags=_READ_ONLY, recursive=True)
    for path in ("/", *shared):
        _set_attributes(path, clear_flags=_READ_ONLY)
    os.chdir(layout.own[0])


def give(folder: str, user: int) -> None:
    """Makes `user` the owner of a folder and of everything in it."""
    os.chown(folder, user, user, follow_symlinks=False)
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(os.path.join(parent, name), user, user, follow_symlinks=False)


# As the warm server does, it imports this room without the package's own `__init__`, which is the grader's.
_TRY_IT = """
import sys, types
package = sys.modules["autograder"] = types.ModuleType("autograder")
package.__path__ = [sys.argv[1]]
from autograder.sandbox import root
root.try_it(("/dev/null",))
"""


@functools.cache
def missing() -> str | None:
    """Why processes here get no root of their own, in a few words; None where they do. Tries it in another process,
    which may have fewer capabilities than this one: what is forked from here has these."""
    if _is_neither(_capabilities()):
        return _NEITHER
    command = [sys.executable, "-I", "-S", "-c", _TRY_IT, str(Path(__file__).parents[1])]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    said = tried.stderr.strip().splitlines()
    return None if tried.returncode == 0 and not said else (said or [_("it could not be tried")])[-1]


def _separate() -> None:
    """A mount namespace of this process's own, in a user namespace where it takes one."""
    capabilities = _capabilities()
    if capabilities >> _CAP_SYS_ADMIN & 1:
        _check(_libc.unshare(_NEW_MOUNTS), _("a mount namespace"))
        return
    if _is_neither(capabilities):
        raise OSError(_NEITHER)
    user, group = os.geteuid(), os.getegid()
    _check(_libc.unshare(_NEW_MOUNTS | _NEW_USER), _("a user namespace"))
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _is_neither(capabilities: int) -> bool:
    """Whether it may not mount, and has other capabilities: a user namespace would take them, and files that are read
    by them would be out of reach."""
    return capabilities != 0 and not capabilities >> _CAP_SYS_ADMIN & 1


def _capabilities() -> int:
    with open("/proc/self/status") as status:
        return int(next(line.split()[1] for line in status if line.startswith("CapEff:")), 16)


def _lay(top: str, path: str, bound: set[str]) -> None:
    """Makes `path` lead, below `top`, where it leads outside: links stay links, and where they end is laid out too."""
    parts = path.strip("/").split("/")
    at = ""
    for number, part in enumerate(parts, start=1):
        at += "/" + part
        if at in bound:
            return  # it comes with what lies around it
        if os.path.islink(at):
            target = os.readlink(at)
            if not os.path.lexists(top + at):
                os.symlink(target, top + at)
            rest = "".join("/" + each for each in parts[number:])
            return _lay(top, os.path.normpath(os.path.join(os.path.dirname(at), target)) + rest, bound)
        if number == len(parts):
            _bind(at, top + at)
            bound.add(at)
        elif not os.path.isdir(top + at):
            os.mkdir(top + at)
            os.chmod(top + at, 0o755)


def _bind(source: str, target: str) -> None:
    if os.path.isdir(source):
        os.makedirs(target, mode=0o755, exist_ok=True)
    elif not os.path.exists(target):
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    _mount(source, target, None, _BIND | _REC)


def _copy(source: str, target: str) -> None:
    os.makedirs(os.path.dirname(target), mode=0o755, exist_ok=True)
    shutil.copytree(source, target, symlinks=True)


def _pivot(top: str) -> None:
    """`top` becomes the root, and the old one is gone."""
    number = _PIVOT_ROOT.get(os.uname().machine)
    if number is None:
        raise OSError(_("the root cannot be changed on {machine}").format(machine=os.uname().machine))
    os.chdir(top)
    _check(_libc.syscall(number, b".", b"."), _("a root of its own"))
    _check(_libc.umount2(b".", _DETACH), _("a root of its own"))
    os.chdir("/")


class _Attributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("set_flags", "clear_flags", "propagation", "userns")]


def _set_attributes(path: str, set_flags: int = 0, clear_flags: int = 0, recursive: bool = False) -> None:
    attributes = _Attributes(set_flags, clear_flags)
    flags = _RECURSIVE if recursive else 0
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    done = _libc.syscall(_MOUNT_SETATTR, _HERE, os.fsencode(path), flags, ctypes.byref(attributes), size)
    _check(done, _("a read-only mount"))


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    given = [None if text is None else os.fsencode(text) for text in (source, target, kind)]
    options = None if data is None else data.encode()
    _check(_libc.mount(*given, ctypes.c_ulong(flags), options), _("a mount at {target}").format(target=target))


def _check(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, _("{what} is refused: {number}").format(what=what, number=os.strerror(number)))


def try_it(seen: Iterable[str]) -> None:
    """Enters a root with nothing in it but `seen`, and says why where that fails."""
    folder = tempfile.mkdtemp(prefix="cnn-")
    child = os.fork()  # the folder has to be removed outside
    if child == 0:
        try:
            enter(Layout(tuple(seen), (), (folder,), None, 1 << 20, 100))
        except OSError as error:
            print(error.strerror or error, file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    os.rmdir(folder)
    sys.exit(os.waitstatus_to_exitcode(status))
