"""Right answers, kept together with the question: which reference function, on which arguments."""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from autograder.language import sentences_of

_ = sentences_of(__package__)

KEPT, LARGEST = 8192, 4096  # right answers that a worker keeps; values in one of them, and in its question
RUNS = 8  # runs of a reference that are kept, each until another report of it is asked for


class Expected:
    """What a reference function gives for some arguments, computed when it is needed.

    Keeping function and arguments lets a comparison run the named misconceptions on the same case and describe it.
    """

    def __init__(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        self.function, self.args, self.kwargs = function, args, dict(kwargs)

    @cached_property
    def value(self) -> Any:
        """The right answer. Arrays in it are not to be written to: another submission may be asked the same."""
        return _KNOWN.answer(self.function, self.args, self.kwargs)

    def distorted(self, id: str, wrong: Callable[..., Any]) -> Any:
        """What the misconception `id`, given as the function `wrong`, gives for the same arguments."""
        return wrong(*self.args, **self.kwargs)

    def describe(self) -> str:
        """The case in words: sizes of arrays, values of options."""
        try:
            given = inspect.signature(self.function).bind(*self.args, **self.kwargs).arguments
        except TypeError:
            given = {_("argument {i}").format(i=i + 1): value for i, value in enumerate(self.args)} | self.kwargs
        return describe_case(given)

    def case(self) -> Any:
        """What tells the case from others, as a key: its words, the shapes of all arrays, also of those within, and
        what the words leave out: which report is asked for, and from which seed its numbers come."""
        left_out = sorted((name, repr(value)) for name, value in self.kwargs.items() if name.startswith("_"))
        return self.describe(), _shapes([*self.args, *self.kwargs.values()]), tuple(left_out)


class _Known:
    """Right answers to small questions, kept for the submissions that a worker grades next.

    Much of what a check asks is the same for every student, and a reference answers the same question alike. Where what
    it is asked, or what it says, is more than numbers, texts and small arrays, it is asked each time.
    """

    def __init__(self) -> None:
        self._answers: OrderedDict[Any, Any] = OrderedDict()

    def answer(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """What the function says, now or earlier."""
        if not args and not kwargs:  # nothing is asked: a value that the check brought, or an answer for everybody
            return function()
        try:
            question = function, _identity(args), _identity(kwargs)
        except _NotPlain:
            return function(*args, **kwargs)
        if question in self._answers:
            self._answers.move_to_end(question)
            return self._answers[question]
        answer = function(*args, **kwargs)
        try:
            answer = self._answers[question] = _read_only(answer)
        except _NotPlain:
            return answer
        if len(self._answers) > KEPT:
            self._answers.popitem(last=False)
        return answer


def remembered(run: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: `run` for a reference that reports several things of one run, and is asked for one after the other.

    Its last runs are kept. What it gives is for all who ask the same, and not to be written to. Functions and classes
    among its arguments are told by which they are.
    """
    runs: OrderedDict[Any, Any] = OrderedDict()

    def known(*args: Any) -> Any:
        try:
            question = tuple(part if callable(part) else _identity(part) for part in args)
        except _NotPlain:
            return run(*args)
        if question in runs:
            return runs[question]
        runs[question] = run(*args)
        if len(runs) > RUNS:
            runs.popitem(last=False)
        return runs[question]

    return known


class _NotPlain(Exception):
    """More than numbers, texts and small arrays."""


def _identity(value: Any) -> Any:
    """What tells a value from others, as a key. Raises `_NotPlain`."""
    kind = type(value)
    if kind is np.ndarray and value.size <= LARGEST and not value.dtype.hasobject:
        return value.dtype.str, value.shape, value.tobytes()
    if kind is int or kind is str or kind is bool or value is None:
        return kind, value
    if kind is float:
        return kind, value.hex()  # 0.0 and -0.0 are equal, and not the same
    if kind is tuple or kind is list:
        return kind, tuple(map(_identity, value))
    if kind is dict:
        return kind, tuple((_identity(key), _identity(part)) for key, part in value.items())
    raise _NotPlain


def _read_only(value: Any) -> Any:
    """The same value, whose arrays nobody can write to. Raises `_NotPlain`."""
    kind = type(value)
    if kind is np.ndarray and value.size <= LARGEST and not value.dtype.hasobject:
        kept = value.copy()
        kept.setflags(write=False)
        return kept
    if kind is tuple:
        return tuple(map(_read_only, value))
    if isinstance(value, (int, float, str, np.generic)) or value is None:
        return value
    raise _NotPlain


_KNOWN = _Known()


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
    if isinstance(value, dict) and value and not _is_short(value):
        return _("for {values}").format(values=", ".join(map(str, value)))
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _shapes(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.shape
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return tuple(found for part in parts if (found := _shapes(part)) is not None) or None


def _is_short(value: Any) -> bool:
    """Whether a value may be written out; arrays within dicts are long, and never on one line."""
    if isinstance(value, Mapping):
        return all(map(_is_short, value.values()))
    return not isinstance(value, np.ndarray)
