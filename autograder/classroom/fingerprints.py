"""What a result depends on, as hashes: a submission with the same ones need not be run again."""

from __future__ import annotations

import hashlib
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import Distribution
from pathlib import Path

from autograder.course import Assignment
from autograder.language import ENGLISH, language

PACKAGE = Path(__file__).resolve().parent.parent
# Rooms that decide about a result; those that are not named here move results about.
ROOMS = ("checks", "bridge", "sandbox", "submission", "training")
MODULES = (
    "datasets/digits", "datasets/images", "datasets/layout", "datasets/thresholds", "datasets/weights",
)  # fmt: skip
# Files of a course that decide about nothing: what is drawn, and what the audit alone reads.
UNDECIDED = frozenset(("figures.py", "style.py", "costs.py", "right_answers.py"))
CHECKS = frozenset(("hidden.py", "public.py"))
# What every kernel has imported, and what runs the checks.
LOADED = ("numpy", "pillow", "matplotlib", "ipykernel", "threadpoolctl", "pytest", "hypothesis", "safetensors")
FRAMEWORKS = {"torch": ("torch",), "tensorflow": ("tensorflow", "keras")}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def checks_fingerprint(assignment: Assignment) -> str:
    """A hash of the assignment's checks, of all they build on, of its release version and of its data
    files."""
    machine = [path for room in ROOMS for path in _files(PACKAGE / room)]
    machine += [PACKAGE / f"{name}.py" for name in MODULES]
    released = _files(assignment.release_path.parent)
    return _hash_files([*machine, *deciding(assignment), *released, assignment.solution_path])


def deciding(assignment: Assignment) -> Iterator[Path]:
    """The files of the course that decide about an assignment: all but other assignments' checks, and what no check
    asks for."""
    package = assignment.folder.parent
    for path in _files(package):
        own = path.is_relative_to(assignment.folder)
        if path.suffix != ".md" and path.name not in UNDECIDED and (own or path.name not in CHECKS):
            yield path


def environment_fingerprint(runtime: str, datasets: Iterable[str] = (), device: str = "cpu") -> str:
    """A hash of Python, the architecture, the distributions that a runtime loads, the names of the data sets, and the
    device.

    What else is installed decides about nothing. Which images, not where they lie: a data set that has moved into the
    cache is the same one."""
    conditions = " ".join([*datasets, *([device] if device != "cpu" else [])])
    digest = hashlib.sha256(f"{sys.version}|{platform.machine()}|{conditions}".encode())
    for name, version in sorted(loaded_distributions(runtime).items()):
        digest.update(f"{name} {version}".encode() + b"\0")
    return digest.hexdigest()


def submission_fingerprint(
    notebook: bytes | None, files: Mapping[str, bytes], *, checks: str, environment: str, seed: int, isolation: str
) -> str:
    """A hash of everything that a submission's result follows from."""
    spoken = "" if language() == ENGLISH else f"|{language()}"
    digest = hashlib.sha256(f"{checks}|{environment}|{seed}|{isolation}|{notebook is None}{spoken}".encode())
    digest.update(hashlib.sha256(notebook or b"").digest())
    for name, data in sorted(files.items()):
        digest.update(name.encode("utf-8", "surrogateescape") + b"\0" + hashlib.sha256(data).digest())
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _hash_files(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@cache
def loaded_distributions(runtime: str) -> dict[str, str]:
    """Name and version of the distributions that a runtime's kernels and its checks load, and of all that those
    require."""
    found: dict[str, str] = {}
    waiting = [*LOADED, *(name for framework, names in FRAMEWORKS.items() if framework in runtime for name in names)]
    while waiting:
        name = _normal(waiting.pop())
        if name in found:
            continue
        about = next(iter(Distribution.discover(name=name, path=_installed())), None)
        if about is None:
            continue  # required on another system, or by an extra
        found[name] = about.version
        needs = [line for line in about.requires or () if "extra ==" not in line]
        waiting += [match[0] for line in needs if (match := _NAME.match(line))]
    return found


def _installed() -> list[str]:
    """Where distributions are installed: not the copies that setuptools brings along, which are found or not as it was
    imported before or not."""
    return [folder for folder in sys.path if Path(folder).name != "_vendor"]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
