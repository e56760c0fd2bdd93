"""All that a check module needs: `from autograder.checks.api import ...`.

    @task("conv2d")
    @points(3)
    def test_even_kernels_pad_after(student, rng):
        '''With "same" padding an even kernel puts its extra pixel after the image, not before.'''

A test's docstring is what the student reads. Fixtures: `student` (the notebook), `rng` (a NumPy generator from the
submission's seed), `variant` (this student's numbers, for tasks marked variant), `case` (with @search), `device`
("cpu" or "cuda": where the student's code may compute).
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from ..bridge.student import Handle, NotAttempted, Student, StudentError, bases_of, in_kernel, type_of
from ..sandbox.wire import Tensor
from . import trial
from .compare import expect, expect_close, expect_entry, expect_equal, expect_raises, if_it_raises
from .diagnosis import Misconceptions
from .expected import Answers, Expected
from .failure import CheckFailure
from .frozen import Registries
from .once import once
from .search import Case, numbers

__all__ = [
    "Case", "CheckFailure", "Expected", "Handle", "Misconceptions", "NotAttempted", "Student", "StudentError",
    "Tensor", "bases_of", "cases", "expect", "expect_close", "expect_entry", "expect_equal", "expect_raises",
    "if_it_raises", "in_kernel", "leaves_unchanged", "measure", "misconceptions", "numbers", "once", "points",
    "reference", "search", "task", "type_of",
]

reference = Answers("reference")
misconceptions = Registries()


def task(id: str) -> Any:
    """Decorator: the test belongs to this task."""
    return pytest.mark.task(id)


def points(number: float) -> Any:
    """Decorator: a hidden test's points. Public tests carry none."""
    return pytest.mark.points(number)


def search(strategy: Any, *, examples: int = 25) -> Any:
    """Decorator: runs the test on that many drawn cases (fixture `case`) and reports the smallest failing one."""
    return pytest.mark.search(strategy, examples)


def cases(**strategies: Any) -> Any:
    """A Hypothesis strategy for `Case`s with these fields."""
    from hypothesis import strategies as st

    # not fixed_dictionaries, which draws an order of the fields as well
    return st.tuples(*strategies.values()).map(lambda values: Case(zip(strategies, values, strict=True)))


def measure(name: str, value: float) -> None:
    """Keeps a number that the check measured itself, such as "accuracy", in the test's result, whatever its verdict.

    The result says it to the student, so it must be none of what hidden tests keep to themselves. Raises `ValueError`
    for what is not finite.
    """
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite, not {value}")
    trial.current().measured[name] = float(value)


def leaves_unchanged(student: Student, call: Handle, *args: Any) -> bool:
    """Whether calling a notebook's function leaves every array argument as it was."""
    return in_kernel(student, _call_and_compare)._call_and_compare(call, list(args))


def _call_and_compare(call, args):
    import copy

    import numpy

    before = copy.deepcopy(args)
    call(*args)
    return all(
        numpy.array_equal(a, b) for a, b in zip(args, before, strict=True) if isinstance(a, numpy.ndarray)
    )
