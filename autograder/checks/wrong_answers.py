"""Wrong answers that are no functions of one case: whole functions and classes, and the right answer's source, changed.

A reference that runs an answer on a case takes the case as plain data, and the answer to run as its parameter `answer`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import cache, partial
from types import ModuleType
from typing import Any

from .diagnosis import Misconceptions

Run = Callable[..., Any]


def on(run: Run) -> Callable[[Run], partial[Any]]:
    """Decorator: from a wrong answer, `run` on that answer, which has the reference's signature."""

    def wrong_run(answer: Run) -> partial[Any]:
        wrong = partial(run, answer=answer)
        wrong.__doc__ = answer.__doc__
        return wrong

    return wrong_run


def notebook(name: str) -> Callable[[Run], dict[str, Run]]:
    """Adapter for a registry: the notebook's name for the answer that a run is made with."""
    return lambda run: {name: inspect.signature(run).parameters["answer"].default}


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

    def add(
        id: str, sentence: str, *changes: tuple[str, str], section: str = section, price: str | None = None,
        raises: str | Sequence[str] = (),
    ) -> None:
        registry.add_source(id, sentence, rewritten(module, *changes), section=section, price=price, raises=raises)

    return add
