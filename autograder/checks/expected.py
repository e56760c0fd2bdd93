"""Right answers, kept together with the question: which reference function, on which arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np


class Expected:
    """What a reference function gives for some arguments, computed when it is needed.

    Keeping function and arguments lets a comparison run the named misconceptions on the same case and describe it.
    """

    def __init__(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        self.function, self.args, self.kwargs = function, args, dict(kwargs)

    @cached_property
    def value(self) -> Any:
        return self.function(*self.args, **self.kwargs)

    def distorted(self, id: str, wrong: Callable[..., Any]) -> Any:
        """What the misconception `id`, given as the function `wrong`, gives for the same arguments."""
        return wrong(*self.args, **self.kwargs)

    def describe(self) -> str:
        """The case in words: sizes of arrays, values of options."""
        try:
            given = inspect.signature(self.function).bind(*self.args, **self.kwargs).arguments
        except TypeError:
            given = {f"argument {i + 1}": value for i, value in enumerate(self.args)} | self.kwargs
        return describe_case(given)


def describe_case(given: Mapping[str, Any]) -> str:
    """A case in words, from its arguments by name."""
    parts: list[str] = []
    for name, value in given.items():
        if value is None or name.startswith("_"):
            continue
        if isinstance(value, dict) and name in ("options", "kwargs", "variant"):
            parts += [describe_case(value)]
        else:
            parts.append(f"{name.replace('_', ' ')} {describe_value(value)}")
    return ", ".join(part for part in parts if part)


def describe_value(value: Any) -> str:
    """An array by its shape (and dtype, unless float64), other values as they are written."""
    if isinstance(value, np.ndarray):
        shape = "x".join(map(str, value.shape)) or "scalar"
        return shape if value.dtype == np.float64 else f"{shape} {value.dtype}"
    if isinstance(value, str):
        return value
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
