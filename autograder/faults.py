"""What goes wrong with the machine, and is nobody's answer."""

from __future__ import annotations

import errno
import os
import re
import traceback
from pathlib import Path

from autograder.language import sentences_of

_ = sentences_of(__package__)

AGAIN = _("run the same command again")
_REMEDIES = {
    errno.ENOSPC: _("has no room left; make room there"),
    errno.EDQUOT: _("has no room left under your quota; make room there"),
    errno.EROFS: _("lies on a disk that can only be read; make it writable"),
    errno.EACCES: _("may not be read or written by you; change its permissions"),
    errno.EPERM: _("may not be changed by you; change its permissions"),
    errno.EIO: _("lies on a disk that fails; look at the disk"),
    errno.ETIMEDOUT: _("does not answer; look at the network or the disk that it lies on"),
    errno.EISDIR: _("is a folder where a file should be; move it away"),
    errno.ENOTDIR: _("has a file in its path where a folder should be; move that file away"),
    errno.EEXIST: _("is in the way, and is no folder; move it away"),
    errno.ENOENT: _("cannot be made, since its folder is missing or a link that leads nowhere; put that right"),
    errno.ELOOP: _("is a link to itself; remove it"),
    errno.ENAMETOOLONG: _("has a name that is too long; give it a shorter one"),
}
NO_MEMORY = _(
    "The command may use no more memory; raise its limit (`ulimit -v`), or end what uses the machine's, "
    "and {again}."
).format(again=AGAIN)
# Of the whole machine, whatever file was asked for.
_EVERYWHERE = {
    errno.EMFILE: _("The grader may open no more files; raise the limit (`ulimit -n`)"),
    errno.ENFILE: _("The machine can open no more files; end what holds them"),
    errno.ENOMEM: _("The machine has no memory left; end what uses it, or grade fewer submissions at once with --jobs"),
    errno.EAGAIN: _(
        "The machine can start no more processes; end some, or grade fewer submissions at once with --jobs"
    ),
}
# As the line of pytest's report that names the error begins, with the exception's type: no text in a message can look
# like it.
_OS_ERROR = re.compile(r"(?:OSError|BlockingIOError): \[Errno (\d+)\] .*?(?:: '(.*)')?")
_NO_THREAD = "RuntimeError: can't start new thread"
_OF_MEMORY = re.compile(r"[\w.]*MemoryError\b|RuntimeError: .*DefaultCPUAllocator: can't allocate")


class MachineFault(RuntimeError):
    """The machine, not a submission, is the reason that something could not be done.

    The text is one sentence for the instructor: who does what, and the remedy ("The disk of ... is full; make room and
    run the same command again."). It is never booked as a score, and concerns one submission unless it says otherwise.
    """


def of_os_error(error: OSError, path: Path | str | None = None) -> MachineFault:
    """The fault behind what the operating system refused, with the file and what to do about it.

    ``path`` is the file where the error does not name one."""
    if error.errno in _EVERYWHERE:
        return MachineFault(_("{what}, and {again}.").format(what=_EVERYWHERE[error.errno], again=AGAIN))
    named = error.filename2 or error.filename or path
    name = printable(named) if named is not None else _("A file")
    if error.errno in _REMEDIES:
        return MachineFault(
            _("{name} {remedy}, and {again}.").format(name=name, remedy=_REMEDIES[error.errno], again=AGAIN)
        )
    return MachineFault(
        _("{name} could not be used ({reason}); mend that, and {again}.").format(
            name=name, reason=error.strerror or type(error).__name__, again=AGAIN
        )
    )


def is_full(error: BaseException) -> bool:
    """Whether a disk had no room, which concerns every submission that follows too."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


def told_by(line: str) -> MachineFault | None:
    """The fault behind a check's error, told by the line that names it, where what every submission needs was lacking:
    a descriptor, a process, a disk with room."""
    found = _OS_ERROR.fullmatch(line)
    number = int(found[1]) if found else errno.EAGAIN if line.startswith(_NO_THREAD) else 0
    error = OSError(number, os.strerror(number), found[2] if found else None)
    return of_os_error(error) if number in _EVERYWHERE or is_full(error) else None


def tells_of_memory(line: str) -> bool:
    """Whether the line that names a check's error says that there was no memory for something."""
    return bool(_OF_MEMORY.match(line))


def of_our_own(error: BaseException) -> str:
    """One sentence for an exception that nobody foresaw: what, and where in the code it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    where = _(" in {file}, line {line}")
    where = where.format(file=Path(frames[-1].filename).name, line=frames[-1].lineno) if frames else ""
    text = " ".join(str(error).split())[:200]
    return _(
        "The grader met an error of its own ({kind}: {text}{where}); "
        "nothing was booked. Report it, and {again} to try once more."
    ).format(kind=type(error).__name__, text=text, where=where, again=AGAIN)


def printable(name: object) -> str:
    """A file's name as it can be printed anywhere, also one that is no UTF-8."""
    return str(name).encode("utf-8", "backslashreplace").decode()
