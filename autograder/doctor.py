"""What this machine has: packages, isolation, accelerators, data. What is missing is said with what it
means."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any

from autograder.classroom import gpus
from autograder.course import Course
from autograder.datasets import NOT_FOUND, whereabouts
from autograder.language import marked, sentences_of
from autograder.sandbox import mechanisms

_ = sentences_of(__package__)

# What the facts are about, a key of the JSON and a heading.
GROUPS = (
    marked("machine"), marked("packages"), marked("isolation"), marked("accelerators"), marked("data"),
    marked("course"),
)  # fmt: skip
PACKAGES = ("numpy", "torch", "tensorflow", "nbgrader", "ipykernel", "jupyter_client", "pytest")


@dataclass(frozen=True)
class Fact:
    """One line of the report: a name, whether all is well, and what there is."""

    group: str
    name: str
    ok: bool
    text: str


def facts() -> list[Fact]:
    """Everything there is to say, in the order in which it is shown."""
    return [*_machine(), *_packages(), *_isolation(), *_accelerators(), *_data(), *_course()]


def isolated(found: list[Fact]) -> bool:
    """Whether grading with isolation is possible."""
    mandatory = set(mechanisms.MANDATORY) | {"linux"}
    return all(fact.ok for fact in found if fact.group == "isolation" and fact.name in mandatory)


def as_json(found: list[Fact]) -> dict[str, Any]:
    """The report for another program."""
    return {"schema": 1, "isolated": isolated(found), "facts": [asdict(fact) for fact in found]}


def _machine() -> list[Fact]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return [
        Fact("machine", "system", platform.system() == "Linux", f"{platform.system()} {platform.release()}"),
        Fact("machine", "python", True, platform.python_version()),
        Fact("machine", "cores", True, str(cores)),
    ]


def _packages() -> list[Fact]:
    found = []
    for name in PACKAGES:
        try:
            found.append(Fact("packages", name, True, metadata.version(name)))
        except metadata.PackageNotFoundError:
            found.append(Fact("packages", name, False, _("not installed; run make demo or make test")))
    return found


def _isolation() -> list[Fact]:
    return [Fact("isolation", fact.name, fact.present, fact.meaning) for fact in mechanisms.facts()]


def _accelerators() -> list[Fact]:
    devices = gpus.found()
    if not devices:
        return [Fact("accelerators", "cuda", False, _("no NVIDIA GPU found; everything runs on the CPU"))]
    names = ", ".join(f"{device.name} ({device.memory_bytes / 2**30:.0f} GiB)" for device in devices)
    if not gpus.has_cuda("torch"):
        return [
            Fact("accelerators", "cuda", False, _("{names}; but this PyTorch is built for the CPU").format(names=names))
        ]
    closed = [path for device in devices for path in device.share(1).files if not os.access(path, os.R_OK | os.W_OK)]
    if closed:
        return [
            Fact(
                "accelerators",
                "cuda",
                False,
                _("{names}; but {closed} cannot be opened").format(names=names, closed=closed[0]),
            )
        ]
    return [Fact("accelerators", "cuda", True, names)]


def _data() -> list[Fact]:
    return [Fact("data", name, text != NOT_FOUND, text) for name, text in whereabouts().items()]


def _course() -> list[Fact]:
    found = []
    for assignment in Course.here():
        released = assignment.release_path.is_file()
        said = _("{count} tasks, released") if released else _("{count} tasks, not released yet")
        text = said.format(count=len(assignment.tasks))
        found.append(Fact("course", assignment.name, released, text))
    return found
