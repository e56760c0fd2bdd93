"""What is raised on the grader's side for what student code raises, and for what a notebook lacks."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..language import sentences_of
from ..sandbox import wire

_ = sentences_of(__package__)

TEXT_CAP = 600
NAME_CAP = 60
KNOWN_ERRORS = frozenset(
    name for name in dir(builtins) if isinstance(getattr(builtins, name), type)
    and issubclass(getattr(builtins, name), BaseException)
) | {"LinAlgError", "AxisError", "InvalidArgumentError", "OutOfMemoryError", "ResourceExhaustedError", "TimeoutExpired"}


@dataclass(frozen=True)
class Where:
    """A place in the student's own cell."""

    function: str
    line: int
    code: str


THE_ANSWER = "the answer"  # what is not attempted where code raises NotImplementedError


class NotAttempted(Exception):
    """The notebook lacks the name, or its stub still stands there."""

    def __init__(self, name: str) -> None:
        super().__init__(_("{name} is not defined yet").format(name=name))
        self.name = name


class StudentError(Exception):
    """Student code raised: the exception's type and base types by name, its text, and where in the notebook.

    All of it is what the kernel says. `known_type` is the nearest type that is not of the student's own making. meant:
    of a name that is not there, the one that is there and nearly the same.
    """

    def __init__(
        self, type: str, bases: tuple[str, ...], text: str, where: Where | None, meant: str | None = None
    ) -> None:
        super().__init__(f"{type}: {text}")
        self.type, self.bases, self.text, self.where, self.meant = type, bases, text, where, meant

    @property
    def known_type(self) -> str:
        return next((name for name in (self.type, *self.bases) if name in KNOWN_ERRORS), "exception")


class RaisedEarlier(Exception):
    """Of requests that were sent together one raised whose answer was to be read later: not where this is raised."""


def error_from(raised: Any) -> Exception:
    """The exception that stands for what the kernel says was raised; every field is checked, none trusted."""
    if type(raised) is not dict:
        raise wire.MalformedMessage("an exception that is not an object")
    kind, text, bases = raised.get("type"), raised.get("text"), raised.get("bases")
    if type(kind) is not str or type(text) is not str or type(bases) is not list:
        raise wire.MalformedMessage("an exception without type or text")
    names = tuple(name[:100] for name in bases[:12] if type(name) is str)
    if raised.get("missing") is True:
        return NotAttempted(text[:100])
    meant = raised.get("meant")
    if type(meant) is not str or len(meant) > NAME_CAP or not meant.removeprefix("self.").isidentifier():
        meant = None
    error = StudentError(kind[:100], names, text[:TEXT_CAP], _where_from(raised.get("where")), meant)
    return NotAttempted(THE_ANSWER) if "NotImplementedError" in names else error


def outcomes_from(outcomes: Any, most: int) -> Iterator[tuple[int, Exception]]:
    """What the kernel says was raised by calls that were sent together: each with its number, from 1 to `most`."""
    if type(outcomes) is not list or len(outcomes) > most:
        raise wire.MalformedMessage("outcomes that are no list, or too many")
    for outcome in outcomes:
        if type(outcome) is not list or len(outcome) != 2 or type(outcome[0]) is not int:
            raise wire.MalformedMessage("an outcome without its number")
        yield outcome[0], error_from(outcome[1])


def _where_from(where: Any) -> Where | None:
    if type(where) is not dict:
        return None
    function, line, code = where.get("function"), where.get("line"), where.get("code")
    if type(function) is not str or type(line) is not int or type(code) is not str:
        return None
    return Where(function[:100], line, code[:200])
