"""Each student's own numbers, for the tasks marked variant. Public: the numbers are no secret, only personal.

A module here holds `VARIANTS`: task id -> {name: list of choices}. A student's choice follows from a hash of task
and student id; the ids are compared after strip and casefold.
"""

from __future__ import annotations

import copy
import hashlib
import importlib
import itertools
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Choices = dict[str, list[Any]]


def variant(task: str, student: str | None) -> dict[str, Any]:
    """The numbers of `task` for that student. KeyError for a task that has no variants."""
    choices = _choices(task)
    name = (student or "").strip().casefold()
    chosen = {}
    for key, options in choices.items():
        digest = hashlib.sha256(f"{_home(task)}|{key}|{name}".encode()).digest()
        chosen[key] = copy.deepcopy(options[int.from_bytes(digest[:8], "big") % len(options)])
    return chosen


def all_variants(task: str) -> Iterator[dict[str, Any]]:
    """Every combination of choices that some student may have."""
    choices = _choices(task)
    for values in itertools.product(*choices.values()):
        yield copy.deepcopy(dict(zip(choices, values, strict=True)))


def has_variants(task: str) -> bool:
    return task in _modules()


def _choices(task: str) -> Choices:
    module = _modules().get(task)
    if module is None:
        raise KeyError(f"the task {task!r} has no variants")
    found = importlib.import_module(f"{__name__}.{module}").VARIANTS[task]
    return _choices(found) if isinstance(found, str) else found


def _home(task: str) -> str:
    """The task whose choices these are: a task may share those of another, named in its place."""
    found = importlib.import_module(f"{__name__}.{_modules()[task]}").VARIANTS[task]
    return _home(found) if isinstance(found, str) else task


@cache
def _modules() -> dict[str, str]:
    """Which module holds a task's choices; found by reading."""
    return {
        task: path.stem
        for path in sorted(HERE.glob("[a-z]*.py"))
        for task in re.findall(r'^    "([a-z0-9-]+)":', path.read_text(encoding="utf-8"), re.MULTILINE)
    }
