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
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import pytest

from ..bridge import measuring
from ..bridge.measuring import Measured, measured
from ..bridge.student import Handle, NotAttempted, Student, StudentError, bases_of, in_kernel, type_of
from ..sandbox.wire import Tensor
from . import probes, strategies
from .asking import References, Registries
from .compare import (
    expect,
    expect_close,
    expect_entry,
    expect_equal,
    expect_raises,
    expect_shape,
    expect_steady,
    if_it_raises,
)
from .diagnosis import Misconceptions
from .examples import example, expect_entries
from .expected import Expected, remembered
from .failure import CheckFailure
from .once import once
from .reading import read_entry, read_list, read_number, read_word, wrong_return
from .refusals import expect_refusals, refused
from .search import Case, numbers
from .strategies import Strategy, tuples
from .together import later, look_at
from .trial import current
from .variant import all_variants
from .wrong_answers import adder, notebook, on, rewritten

__all__ = [
    "Case", "CheckFailure", "Expected", "Handle", "Measured", "Misconceptions", "NotAttempted", "Student",
    "StudentError", "Tensor", "adder", "all_variants", "bases_of", "cases", "current", "example",
    "expect", "expect_close", "expect_entries", "expect_entry", "expect_equal", "expect_raises", "expect_refusals",
    "expect_shape", "expect_steady", "fresh", "if_it_raises", "in_kernel", "kernel_says", "later", "leaves_unchanged",
    "look_at", "measure", "measured", "misconceptions", "notebook", "numbers", "on", "once", "points", "read_entry",
    "read_list", "read_number", "read_word", "reference", "refused", "remembered", "returns_new", "rewritten", "search",
    "second", "step", "strategies", "type_of", "wrong_return",
]

reference = References()
misconceptions = Registries()


def points(number: float) -> Any:
    """Decorator: a hidden test's points. Public tests carry none."""
    return pytest.mark.points(number)


def search(strategy: Strategy, *, examples: int = 25) -> Any:
    """Decorator: runs the test on that many drawn cases (fixture `case`) and reports the smallest failing one."""
    return pytest.mark.search(strategy, examples)


def second(draw: Callable[[np.random.Generator], Any]) -> Any:
    """Decorator: a second, larger case for a test without @search.

    The test takes the fixture `case`, which is None at first. Where a misconception explains what failed, the test is
    run again with what `draw` gives, and the name is said only if the misconception explains that, too::

        @second(lambda rng: (9, 7))
        def test_a_shift_by_any_step(student, case):
            image = numbers(*(case or (4, 5)))
    """
    return pytest.mark.second(draw)


def step(title: str) -> Any:
    """Decorator: the step of a long task that a public test belongs to. The module has the steps in their order.

    In the notebook's table each step has its title, and what comes after the first step that does not pass stays grey::

        @step("Options")
        def test_strides(student):
    """
    return pytest.mark.step(title)


def kernel_says(test: Any) -> Any:
    """Decorator: a hidden test whose verdict rests on what the kernel says of itself, where a cell could patch it.

    Whether arguments were left unchanged, a hook was removed, how many parameters there are: what can be neither seen
    in values nor measured from outside. Such tests have at most 1 point in a task; the audit lists them.
    """
    return pytest.mark.kernel_says(test)


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


def fresh(student: Student, tasks: Sequence[str] | None = None) -> AbstractContextManager[Student]:
    """The same notebook in a fresh kernel, in which only the cells of `tasks` ran, by default of the test's own task.

    What no task's answer comes before, the notebook's setup, ran there too. With `tasks=[]` nothing did, which is where
    a reference is timed; since several submissions use that one, its peak of memory tells nothing::

        with fresh(student) as alone, measured(alone) as used:
            alone.checkpointed_forward(...)

    The kernel's start and the cells' time are the submission's own, so ask for few. In a student's own notebook it is
    that notebook, or an empty one. Raises what the bridge raises where the kernel ends.
    """
    home = current().home
    return measuring.fresh(student, tasks if tasks is not None else [home.task] if home else [])


def leaves_unchanged(student: Student, call: Handle, *args: Any, **kwargs: Any) -> bool:
    """Whether calling a notebook's function leaves every array, list and dict among its arguments as it was.

    It is called once with the arrays of floats as float64, once as float32. The kernel says it, so the test that asks
    is marked `@kernel_says`.
    """
    current().believed = True
    probe = in_kernel(student, probes.leaves_alone).leaves_alone
    return probe(call, list(args), kwargs, ["float64", "float32"]) is True


def returns_new(student: Student, call: Handle, *args: Any, **kwargs: Any) -> bool:
    """Whether no array that a notebook's function returns lies in the memory of its arguments; the kernel says it."""
    current().believed = True
    return in_kernel(student, probes.shares_memory).shares_memory(call, list(args), kwargs) is False
