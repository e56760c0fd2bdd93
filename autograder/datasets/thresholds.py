"""What training tasks ask for: the course's ``thresholds.json``, by task, data set and device."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from ..course import Course
from ..sandbox.training import Needed, Thresholds

NAME = "thresholds.json"


def thresholds_file(course: Course | None = None) -> Path:
    """Where the table stands."""
    return (course or Course.here()).folder / NAME


def table(course: Course | None = None) -> dict[str, Any]:
    """The table; empty for a course without training tasks."""
    path = thresholds_file(course)
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else {}


@cache
def _read(path: Path, modified_ns: int) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def thresholds(task: str) -> Needed:
    """The accuracies that a training task asks for, with the time there is. Raises ValueError for a task without."""
    return Thresholds(table())(task)
