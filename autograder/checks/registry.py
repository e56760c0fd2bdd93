"""The misconception registries of a task, and the answers that its references give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .diagnosis import Misconceptions
from .places import folder_of
from .reading import same
from .variant import all_variants, has_variants


def registries(task: str, *, others: bool = False) -> dict[str, Misconceptions]:
    """The misconception registries of a task, by the names that they have in its ``misconceptions.py``.

    others: those of other tasks, too, that stand there because its checks ask for them.
    """
    folder = folder_of(task)
    if not folder.has("misconceptions"):
        return {}
    named = vars(folder.part("misconceptions"))
    found = {name: one for name, one in named.items() if isinstance(one, Misconceptions)}
    return {name: one for name, one in found.items() if others or one.task == task}


def reference_names(task: str, student: str | None = None) -> dict[str, Any]:
    """The notebook's names for a task, as the references give them."""
    names: dict[str, Any] = {}
    for registry in registries(task).values():
        names.update(registry.names(registry.reference, student))
    return names


def gives_away(task: str, told: Mapping[str, Any]) -> bool:
    """Whether a dict has an entry that is right in the answer of some student to a task answered with a dict."""
    numbers = list(all_variants(task)) if has_variants(task) else [{}]
    rights = [one.reference(**own) for one in registries(task).values() if one.answer for own in numbers]
    return any(key in right and same(value, right[key], 0, 0) for right in rights for key, value in told.items())
