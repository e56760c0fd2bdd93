"""The misconception registries of a task, and the answers that its references give."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from .diagnosis import Misconceptions
from .expected import HERE, find


@cache
def registries_of(task: str) -> tuple[str, ...]:
    """The names of the misconception registries of a task; found by reading."""
    pattern = re.compile(rf'^([A-Z][A-Z0-9_]*) *(?::[^=\n]+)?= *Misconceptions\(\s*"{re.escape(task)}"', re.MULTILINE)
    paths = sorted((HERE / "misconceptions").glob("[a-z]*.py"))
    return tuple(name for path in paths for name in pattern.findall(path.read_text(encoding="utf-8")))


def registries(task: str) -> dict[str, Misconceptions]:
    """The misconception registries of a task, by name."""
    return {name: find("misconceptions", name) for name in registries_of(task)}


def right_answers(task: str, student: str | None = None) -> dict[str, Any]:
    """The notebook's names for a task, as the references give them."""
    names: dict[str, Any] = {}
    for registry in registries(task).values():
        names.update(registry.names(registry.reference, student))
    return names
