"""What is committed to the gradebook of one submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class Commit:
    """One submission's outcome. ``results`` is the document of ``results.json``; ``timestamp`` is when it
    was handed in (UTC without a zone, or text as in nbgrader's ``timestamp.txt``), ``None`` where that is
    not known. ``changed`` are the tasks whose answer is another than the one that was committed before, None where that
    is not known: a grade that a person gave for it has to be looked at again. ``extension`` is what the student was
    granted before anything was handed in; it counts where the gradebook has none."""

    assignment: str
    student: str
    results: Mapping[str, Any]
    timestamp: datetime | str | None = None
    changed: frozenset[str] | None = None
    extension: timedelta | None = None
