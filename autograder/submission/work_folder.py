"""The folder in which a notebook runs: what the student handed in beside it, and what the course released."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from autograder.course import Assignment


def lay_out(work: Path, assignment: Assignment, files: Mapping[str, bytes]) -> None:
    """Fills the folder in which a notebook runs: the student's files, and over them those of the release."""
    for relative, data in files.items():
        target = work / PurePosixPath(relative)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    released = assignment.release_path.parent
    for source in sorted(released.rglob("*")):
        place = source.relative_to(released)
        if source.suffix != ".ipynb" and not any(part.startswith(".") for part in place.parts):
            _put(source, work / place)


def _put(source: Path, target: Path) -> None:
    """Copies a released file, or makes a folder, over whatever a student's file of that name is."""
    if target.is_dir() and not source.is_dir():
        shutil.rmtree(target)
    elif target.is_file() and source.is_dir():
        target.unlink()
    if source.is_dir():
        target.mkdir(exist_ok=True)
    else:
        shutil.copy2(source, target)
