"""Wrong answers made by changing a few lines of the right one: its source, with some text replaced."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

from ..diagnosis import Misconceptions


@cache
def _source(module: ModuleType) -> str:
    return inspect.getsource(module)


def rewritten(module: ModuleType, *changes: tuple[str, str]) -> str:
    """The module's source with each first text replaced by the second. Raises ValueError where one is not there."""
    source = _source(module)
    for old, new in changes:
        if old not in source:
            raise ValueError(f"{module.__name__} has no {old!r}")
        source = source.replace(old, new)
    return source


def adder(registry: Misconceptions, module: ModuleType, section: str) -> Callable[..., Any]:
    """A function that registers the reference's module, changed, as a misconception of the section."""

    def add(id: str, sentence: str, *changes: tuple[str, str], section: str = section) -> None:
        registry.add_source(id, sentence, rewritten(module, *changes), section=section)

    return add
