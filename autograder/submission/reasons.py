"""Why a cell was stopped or failed, in the words of the results and in one sentence for the student."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast

from autograder.checks.hints import RAISED
from autograder.course import Assignment
from autograder.language import pattern, sentences_of
from autograder.sandbox.limits import Limits
from autograder.sandbox.policy import FORBIDDEN
from autograder.submission.results import REASONS, Reason

_ = sentences_of(__package__)

_INSTEAD = {
    "numpy": _("write it with NumPy"),
    "torch": _("write it with PyTorch"),
    "tensorflow": _("write it with Keras and TensorFlow"),
    "torch+tensorflow": _("use the libraries that the notebook imports"),
}
_REFUSED = pattern(FORBIDDEN, library=r"[A-Za-z_]\w*")
_NO_LIBRARY = re.compile(rf"No module named '([A-Za-z_][\w.]*)'|{_REFUSED}")
_NETWORK = re.compile(
    r"^(gaierror|URLError|HTTPError|ConnectionError|ConnectionRefusedError|NewConnectionError|MaxRetryError)$"
    r"|Network is unreachable|name resolution|Name or service not known|Address family not supported"
)
_DISK = re.compile(r"No space left on device|Disk quota exceeded|File too large|Errno (28|122|27)\b")
# What a full disk of the machine says; "File too large" is the limit of one file.
_HOST_DISK = re.compile(r"No space left on device|Disk quota exceeded|Errno (28|122)\b")
_PROCESSES = re.compile(r"can't start new thread|Resource temporarily unavailable|fork: retry")
_MEMORY = re.compile(
    r"^(MemoryError|_ArrayMemoryError|ResourceExhaustedError)$|DefaultCPUAllocator: can't allocate|OOM when allocating"
)
# What PyTorch, TensorFlow and CUDA's libraries raise where a device has no memory left; TensorFlow also where the
# machine has none, and names the device.
_GPU_MEMORY = re.compile(
    r"^(OutOfMemoryError|ResourceExhaustedError)$|CUDA out of memory|CUDA error: out of memory"
    r"|CU(DA|BLAS|DNN)\w*_(OUT_OF_MEMORY|ALLOC_FAILED)|OOM when allocating"
)
_ON_CPU = re.compile(r"device:CPU|allocator (mkl_)?cpu")

GPU_MEMORY = _("The answer needed more of the GPU's memory than it may use: smaller batches need less.")
DIED = "died"
LATER = _("{what} ended the notebook's kernel after it was done, as a timer with os._exit does, and was left out.")
USED_UP = frozenset({"memory", "processes", "disk"})


def known(reason: str) -> Reason:
    """A reason as results know it; what the sandbox names otherwise counts as the kernel's death."""
    if reason in REASONS:
        return cast(Reason, reason)
    return "timeout" if reason == "cpu" else "died"


def stop_sentence(reason: str, limits: Limits, what: str = _("The cell")) -> str:
    """One sentence for a cell, or a call of the student's code, that was stopped."""
    return {
        "timeout": _("{what} ran longer than the {wall_s:g} seconds it has, and was stopped.").format(
            what=what, wall_s=limits.wall_s
        ),
        "memory": _("{what} needed more than the {memory_bytes:.2g} GB of memory there are.").format(
            what=what, memory_bytes=limits.memory_bytes / 1e9
        ),
        "processes": _("{what} started more than the {processes:g} processes and threads it may have.").format(
            what=what, processes=limits.processes
        ),
        "disk": _("{what} wrote more than the {disk_bytes:.0f} MB it may leave on disk.").format(
            what=what, disk_bytes=limits.disk_bytes / 1e6
        ),
        "output": _("{what} printed or displayed without end, and was stopped.").format(what=what),
        "network": _("{what} tried to use the network, which is not there while a notebook is graded.").format(
            what=what
        ),
        "malformed": _("{what} answered with something that is no value.").format(what=what),
        "died": _("{what} ended the notebook's kernel, as os._exit or a crash in compiled code does.").format(
            what=what
        ),
    }.get(reason, _("{what} was stopped.").format(what=what))


def forbidden_sentence(library: str, assignment: Assignment) -> str:
    """Says which library is out of reach, and what to do instead."""
    return _("{library} is out of reach in this assignment: {instead}.").format(
        library=library, instead=_INSTEAD[assignment.runtime]
    )


def forbidden_library(text: str, assignment: Assignment) -> str | None:
    """The forbidden library that an error's text names, if it does."""
    for module, library in _NO_LIBRARY.findall(text):
        if (name := library or module.split(".")[0]) in assignment.forbidden:
            return str(name)
    if "Permission denied" in text:
        for library in assignment.forbidden:
            if re.search(rf"[/\\]{library}[/\\.'\"-]", text):
                return library
    return None


def gpu_memory(name: str, text: str) -> bool:
    """Whether an exception says that a GPU had no memory left."""
    return bool(_GPU_MEMORY.search(name) or _GPU_MEMORY.search(text)) and not _ON_CPU.search(text)


def host_disk(name: str, text: str) -> bool:
    """Whether an exception says that a disk is full. A limit of the sandbox ends the kernel instead."""
    return bool(_HOST_DISK.search(f"{name}: {text}"))


def of_message(message: str) -> Reason | None:
    """What, of ``USED_UP``, a test's message on an exception of student code says was lacking."""
    if (raised := RAISED.match(message)) is None:
        return None
    return "disk" if _HOST_DISK.search(message) else used_up(raised["type"], message)


def raised_memory(message: str) -> tuple[Reason, str | None] | None:
    """The reason behind a test's message that tells of an exception for want of memory, with a sentence of its own."""
    match = RAISED.match(message)
    if match is None or not (_MEMORY.search(match["type"]) or _GPU_MEMORY.search(match["type"])):
        return None
    return "memory", GPU_MEMORY if match["type"] == "OutOfMemoryError" else None


def used_up(name: str, text: str) -> Reason | None:
    """The reason, of ``USED_UP``, behind an exception that a limit of the sandbox caused."""
    line = f"{name}: {text}"
    wanted: tuple[tuple[re.Pattern[str], Reason], ...] = (
        (_MEMORY, "memory"),
        (_GPU_MEMORY, "memory"),
        (_DISK, "disk"),
        (_PROCESSES, "processes"),
    )
    for form, reason in wanted:
        if form.search(name) or form.search(line):
            return reason
    return None


def reason_of_error(name: str, text: str, assignment: Assignment) -> tuple[Reason, str | None] | None:
    """The reason behind an exception that the sandbox caused, with a sentence if it has its own."""
    library = forbidden_library(text, assignment)
    if library:
        return "forbidden", forbidden_sentence(library, assignment)
    reason = used_up(name, text)
    if gpu_memory(name, text):
        return "memory", GPU_MEMORY
    if reason is None and (_NETWORK.search(name) or _NETWORK.search(text)):
        reason = "network"
    return (reason, None) if reason else None


def error_sentence(name: str, text: str) -> str:
    """One sentence for an exception that a cell raised."""
    if name == "StdinNotImplementedError":
        return _("The cell asks with input(), but nobody is there to answer while a notebook is graded.")
    if name == "_IncompleteInputError":  # what Python 3.13 calls a SyntaxError at the end of a cell
        name = "SyntaxError"
    return (
        _("The cell raised {name}: {text}").format(name=name, text=text)
        if text
        else _("The cell raised {name}.").format(name=name)
    )


def first_forbidden(texts: Iterable[str], assignment: Assignment) -> str | None:
    """The first forbidden library that any of the texts names."""
    return next(filter(None, (forbidden_library(text, assignment) for text in texts)), None)
