"""What a result depends on, as hashes: a submission with the same ones need not be run again."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from autograder.course import Assignment

PACKAGE = Path(__file__).resolve().parent.parent
# Rooms that decide about a result; those that are not named here move results about.
ROOMS = ("checks", "bridge", "sandbox", "training")
MODULES = (
    "datasets/thresholds", "datasets/weights", "submission/execution", "submission/kernel", "submission/notebook",
    "submission/outputs", "submission/reasons", "submission/submission", "submission/verdict",
)  # fmt: skip
# Files of a course that decide about nothing: what is drawn, and what the audit alone reads.
UNDECIDED = frozenset(("figures.py", "style.py", "right_answers.py"))
CHECKS = frozenset(("hidden.py", "public.py"))


def checks_fingerprint(assignment: Assignment) -> str:
    """A hash of the assignment's checks, of all they build on, of its release version and of its data
    files."""
    machine = [path for room in ROOMS for path in _files(PACKAGE / room)]
    machine += [PACKAGE / f"{name}.py" for name in MODULES]
    released = _files(assignment.release_path.parent)
    return _hash_files([*machine, *_deciding(assignment), *released, assignment.solution_path])


def _deciding(assignment: Assignment) -> Iterator[Path]:
    """The files of the course that decide about an assignment: all but other assignments' checks, and what no check
    asks for."""
    package = assignment.folder.parent
    for path in _files(package):
        own = path.is_relative_to(assignment.folder)
        if path.suffix != ".md" and path.name not in UNDECIDED and (own or path.name not in CHECKS):
            yield path


def environment_fingerprint(datasets: Iterable[str] = (), device: str = "cpu") -> str:
    """A hash of Python, the architecture, every installed distribution, the names of the data sets, and the device.

    Which images, not where they lie: a data set that has moved into the cache is the same one."""
    conditions = " ".join([*datasets, *([device] if device != "cpu" else [])])
    digest = hashlib.sha256(f"{sys.version}|{platform.machine()}|{conditions}".encode())
    for name in sorted(_distributions()):
        digest.update(name.encode() + b"\0")
    return digest.hexdigest()


def submission_fingerprint(
    notebook: bytes | None, files: Mapping[str, bytes], *, checks: str, environment: str, seed: int, isolation: str
) -> str:
    """A hash of everything that a submission's result follows from."""
    digest = hashlib.sha256(f"{checks}|{environment}|{seed}|{isolation}|{notebook is None}".encode())
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


def _distributions() -> set[str]:
    """Names and versions as the folders beside the packages say them, which is far quicker than their
    metadata."""
    found = set()
    for folder in sys.path:
        if folder and os.path.isdir(folder):
            found |= {entry.name for entry in os.scandir(folder) if entry.name.endswith((".dist-info", ".egg-info"))}
    return found
