"""All that a check module needs: `from autograder.checks.api import ...`.

    @points(3)
    def test_rows_stay_where_they_are(student, rng):
        '''Columns move to the right, and rows stay where they are.'''
        image = rng.random((4, 5))
        expect_close(student.shift(image, 2), reference.shift(image, 2), like=misconceptions.SHIFT)

It stands in ``hidden.py`` of its task's folder, or, without points, in ``public.py``; `reference` and `misconceptions`
are that folder's. A test's docstring is what the student reads. Fixtures: `student` (the notebook), `rng` (a NumPy
generator from the submission's seed), `variant` (this student's numbers, for tasks marked variant), `case` (with
@search), `device` ("cpu" or "cuda": where the student's code may compute).
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from ..bridge.student import Handle, NotAttempted, Student, StudentError, bases_of, in_kernel, type_of
from ..sandbox.wire import Tensor
from . import probes, strategies
from .asking import References, Registries
from .compare import expect, expect_close, expect_entry, expect_equal, expect_raises, if_it_raises
from .diagnosis import Misconceptions
from .expected import Expected
from .failure import CheckFailure
from .once import once
from .search import Case, numbers
from .strategies import Strategy, tuples
from .trial import current
from .variant import all_variants
from .wrong_answers import adder, notebook, on, rewritten

__all__ = [
    "Case", "CheckFailure", "Expected", "Handle", "Misconceptions", "NotAttempted", "Student", "StudentError",
    "Tensor", "adder", "all_variants", "bases_of", "cases", "current", "expect", "expect_close", "expect_entry",
    "expect_equal", "expect_raises", "if_it_raises", "in_kernel", "leaves_unchanged", "measure", "misconceptions",
    "notebook", "numbers", "on", "once", "points", "reference", "rewritten", "search", "strategies", "type_of",
]

reference = References()
misconceptions = Registries()


def points(number: float) -> Any:
    """Decorator: a hidden test's points. Public tests carry none."""
    return pytest.mark.points(number)


def search(strategy: Strategy, *, examples: int = 25) -> Any:
    """Decorator: runs the test on that many drawn cases (fixture `case`) and reports the smallest failing one."""
    return pytest.mark.search(strategy, examples)


def cases(**parts: Strategy) -> Strategy:
    """A strategy for `Case`s with these fields."""
    return tuples(*parts.values()).map(lambda values: Case(zip(parts, values, strict=True)))


def measure(name: str, value: float) -> None:
    """Keeps a number that the check measured itself, such as "accuracy", in the test's result, whatever its verdict.

    The result says it to the student, so it must be none of what hidden tests keep to themselves. Raises `ValueError`
    for what is not finite.
    """
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite, not {value}")
    current().measured[name] = float(value)


def leaves_unchanged(student: Student, call: Handle, *args: Any) -> bool:
    """Whether calling a notebook's function leaves every array argument as it was."""
    return in_kernel(student, probes.call_and_compare).call_and_compare(call, list(args))
