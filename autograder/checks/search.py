"""Looking for the smallest case in which an answer is wrong.

Hidden tests: Hypothesis draws cases from the submission's seed and shrinks the first failure. Public tests: a fixed
list of cases, the smallest first, so that the kit can carry their answers as data.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from platformdirs import user_cache_path

from ..bridge.student import NotAttempted
from .failure import CheckFailure
from .trial import current

SHRINK_SECONDS = 4.0
SHRINK_CALLS = 400


class Case(dict):
    """One drawn case: named plain values and arrays, readable as attributes."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def weight(case: Case) -> tuple[int, int]:
    """For sorting cases: how many numbers stand in arrays, then how long the rest is as text."""
    arrays = sum(value.size for value in case.values() if isinstance(value, np.ndarray))
    rest = sum(len(repr(value)) for value in case.values() if not isinstance(value, np.ndarray))
    return arrays, rest


def numbers(*shape: int, seed: int = 0, dtype: str = "float64") -> np.ndarray:
    """An array of that shape with values in which no two are alike: normal floats, or integers from -9 to 9."""
    rng = np.random.default_rng([seed, *shape])
    if np.dtype(dtype).kind == "f":
        return rng.standard_normal(shape).astype(dtype)
    return rng.integers(-9 if np.dtype(dtype).kind == "i" else 0, 10, shape).astype(dtype)


class _Stop(BaseException):
    """Carries an exception past Hypothesis, which would try to shrink it."""

    def __init__(self, error: Exception) -> None:
        self.error = error


def drawn(strategy: Any, count: int, seed: int) -> list[Case]:
    """`count` cases from the strategy, the smallest first; the same ones for the same seed."""
    cases: list[Case] = []
    _explore(strategy, count, seed, cases.append, shrink=False)
    return sorted(cases, key=weight)


def search(probe: Callable[[Case], None], strategy: Any, count: int, seed: int) -> None:
    """Runs `probe` on drawn cases and raises its failure on the smallest failing one that shrinking finds.

    The verdict depends on the seed alone; a stop by time or calls only ends the shrinking earlier.
    """
    failures: dict[str, CheckFailure | Exception] = {}
    seen: set[str] = set()
    budget = {"calls": SHRINK_CALLS, "until": float("inf")}

    def run(case: Case) -> None:
        key = repr(sorted((k, v.tobytes() + repr(v.shape).encode() if isinstance(v, np.ndarray) else v)
                          for k, v in case.items()))
        if key in failures:
            raise failures[key]
        if key in seen:
            return
        if failures:
            budget["calls"] -= 1
            if budget["calls"] < 0 or time.monotonic() > budget["until"]:
                return
        seen.add(key)
        try:
            probe(case)
        except NotAttempted as error:
            raise _Stop(error) from None
        except Exception as error:
            if not failures:
                budget["until"] = time.monotonic() + SHRINK_SECONDS
            failures[key] = error
            raise

    try:
        _explore(strategy, count, seed, run, shrink=True)
    except _Stop as stop:
        raise stop.error from None


def smallest_first(probe: Callable[[Case], None], cases: list[Case]) -> None:
    """Runs `probe` on the cases in order; the first failure is the smallest."""
    trial = current()
    for number, case in enumerate(cases):
        trial.case, trial.asked = number, 0
        probe(case)


@cache
def _keep_notes_elsewhere() -> None:
    """Hypothesis writes down what it reads in the code: not beside a notebook, whose folder is handed out or in."""
    from hypothesis.configuration import set_hypothesis_home_dir

    if "HYPOTHESIS_STORAGE_DIRECTORY" not in os.environ:
        set_hypothesis_home_dir(user_cache_path("cnn-course", appauthor=False) / "hypothesis")


def _explore(strategy: Any, count: int, seed: int, visit: Callable[[Case], Any], *, shrink: bool) -> None:
    import hypothesis

    _keep_notes_elsewhere()
    phases = [hypothesis.Phase.generate] + ([hypothesis.Phase.shrink] if shrink else [])
    settings = hypothesis.settings(
        max_examples=count, database=None, deadline=None, phases=phases, print_blob=False,
        suppress_health_check=list(hypothesis.HealthCheck), verbosity=hypothesis.Verbosity.quiet,
        report_multiple_bugs=False,
    )

    def explore(case: Case) -> None:
        visit(case)

    hypothesis.seed(seed)(settings(hypothesis.given(strategy)(explore)))()
