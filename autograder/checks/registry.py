"""The misconception registries of a task, and the answers that its references give."""

from __future__ import annotations

from typing import Any

from .diagnosis import Misconceptions
from .places import folder_of


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
