"""Each student's own numbers, for the tasks marked variant. Public: the numbers are no secret, only personal.

A task's ``variants.py`` has `CHOICES`, {name: list of choices}, or `SAME_AS`, the task whose numbers are its own too. A
student's choice follows from a hash of task and student id; the ids are compared after strip and casefold.
"""

from __future__ import annotations

import copy
import hashlib
import itertools
from collections.abc import Iterator
from functools import cache
from typing import Any

from .places import folder_of

Choices = dict[str, list[Any]]


def variant(task: str, student: str | None) -> dict[str, Any]:
    """The numbers of `task` for that student. KeyError for a task that has no variants."""
    home, choices = _choices(task)
    name = (student or "").strip().casefold()
    chosen = {}
    for key, options in choices.items():
        digest = hashlib.sha256(f"{home}|{key}|{name}".encode()).digest()
        chosen[key] = copy.deepcopy(options[int.from_bytes(digest[:8], "big") % len(options)])
    return chosen


def all_variants(task: str) -> Iterator[dict[str, Any]]:
    """Every combination of choices that some student may have."""
    _, choices = _choices(task)
    for values in itertools.product(*choices.values()):
        yield copy.deepcopy(dict(zip(choices, values, strict=True)))


@cache
def has_variants(task: str) -> bool:
    """Whether the task has numbers of each student's own."""
    try:
        return folder_of(task).has("variants")
    except KeyError:
        return False


def _choices(task: str) -> tuple[str, Choices]:
    """The task whose choices these are (it may be another one), and the choices."""
    if not has_variants(task):
        raise KeyError(f"the task {task!r} has no variants")
    module = folder_of(task).part("variants")
    same_as = getattr(module, "SAME_AS", None)
    return _choices(same_as) if same_as is not None else (task, module.CHOICES)
