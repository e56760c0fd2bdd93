"""A worked example with other numbers: where public checks look at an answer's form alone, the student's way is tried.

The numbers that an answer task asks for are checked when the work is graded. The same way gives right numbers for other
ones, and these may be checked by everybody, as often as they like: `check("weight-counting", example={...})`. A task's
``public.py`` has the example as a test, whose docstring says the other numbers::

    @example('{"area": ..., "sides": [..., ...]}')
    def test_example(student):
        '''A rectangle of 3 by 5.'''
        expect_entries(student.rectangle, reference.rectangle(3, 5), like=misconceptions.RECTANGLE)

None of its right answers may be the graded one of some student; `release` refuses a kit where one is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from ..language import sentences_of
from .compare import expect_entry
from .expected import Expected

_ = sentences_of(__package__)

MARK = "example"
ASKED = _("Is your way right? Try it on an example, in a cell of your own; nobody grades that.")


@dataclass(frozen=True)
class Example:
    """What a student is offered: the other numbers in words, and the dict to fill in, as Python writes it."""

    task: str
    given: str
    form: str

    @property
    def call(self) -> str:
        """The line that tries it, with dots where the student's numbers go."""
        return f'check("{self.task}", example={self.form})'


def example(form: str) -> Any:
    """Decorator: a public test of an answer task that runs only where a student tries the example.

    form: the dict that is asked for, as Python writes it, with dots in place of the values. The test's docstring says
    the other numbers.
    """
    return getattr(pytest.mark, MARK)(form)


def expect_entries(
    actual: Any, expected: Expected, *, like: Any = None, rtol: float = 1e-6, atol: float = 0.0
) -> None:
    """Passes when the dict `actual` has every entry of the expected dict, each as `expect_entry` reads it."""
    for key in expected.value:
        expect_entry(actual, key, expected, like=like, rtol=rtol, atol=atol)
