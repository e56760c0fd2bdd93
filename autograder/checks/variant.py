"""Each student's own numbers, for the tasks marked variant. Public: the numbers are no secret, only personal.

`sandbox.variants` says how they are chosen, since the notebook's kernel chooses them too.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from ..language import sentences_of
from ..sandbox.variants import Choices, choices_of, chosen
from .places import folder_of

_ = sentences_of(__package__)


def variant(task: str, student: str | None) -> dict[str, Any]:
    """The numbers of `task` for that student. KeyError for a task that has no variants."""
    return chosen(*_choices(task), student or "")


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


def sources(tasks: Iterable[str]) -> dict[str, str]:
    """The text of ``variants.py`` of each task that has one, and of those whose numbers they share."""
    found: dict[str, str] = {}
    for task in filter(has_variants, tasks):
        for name in {task, _choices(task)[0]} - found.keys():
            found[name] = (folder_of(name).path / "variants.py").read_text(encoding="utf-8")
    return found


def _choices(task: str) -> tuple[str, Choices]:
    return choices_of(task, _names_of)


def _names_of(task: str) -> dict[str, Any]:
    if not has_variants(task):
        raise KeyError(_("the task {task!r} has no variants").format(task=task))
    return vars(folder_of(task).part("variants"))
