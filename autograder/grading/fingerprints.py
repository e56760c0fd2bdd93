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
PARTS = ("public", "hidden")
# Of this room only what decides about a result; the rest moves results about.
_DECIDING = ("execution", "kernel", "notebook", "outputs", "reasons", "submission", "verdict")


def checks_fingerprint(assignment: Assignment) -> str:
    """A hash of the assignment's checks, of all they build on, of its release version and of its data
    files."""
    own = f"test_{assignment.name.replace('-', '_')}.py"
    sources = _sources("checks", "bridge", "sandbox", "weights")
    code = [path for path in sources if path.parent.name not in PARTS or path.name == own]
    grading = [PACKAGE / "grading" / f"{name}.py" for name in _DECIDING]
    released = sorted(path for path in assignment.release_path.parent.rglob("*") if path.is_file())
    return _hash_files([*code, *grading, *released, assignment.solution_path])


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


def _sources(*rooms: str) -> Iterator[Path]:
    for room in rooms:
        for path in sorted((PACKAGE / room).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


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
