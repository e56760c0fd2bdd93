"""Drawn cases, and the smallest that fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograder.checks import search as search_module
from autograder.checks.api import Case, CheckFailure, cases
from autograder.checks.api import strategies as st
from autograder.checks.search import drawn, numbers, search, weight

ROOT = Path(__file__).parents[2]
CODE = """
from autograder.checks.api import cases, strategies as st
from autograder.checks.search import drawn
print(len(drawn(cases(size=st.integers(1, 9)), 5, 0)))
"""


def test_drawing_cases_writes_nothing_beside_the_notebook(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HYPOTHESIS")}
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=tmp_path, env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "5\n"
    assert list(tmp_path.iterdir()) == []


SIZES = cases(
    size=st.integers(1, 40), pair=st.tuples(st.integers(1, 3), st.sampled_from("abc")),
    layers=st.lists(st.integers(1, 3), min_size=1, max_size=4), options=st.fixed_dictionaries({"k": st.integers(1, 9)}),
    padding=st.none() | st.integers(0, 2), flag=st.booleans(),
    built=st.builds("{}-{}".format, st.just("a"), st.integers(0, 3)),
)  # fmt: skip


def test_the_seed_decides_what_is_drawn_and_the_simplest_case_is_among_it():
    first, again, other = drawn(SIZES, 20, 7), drawn(SIZES, 20, 7), drawn(SIZES, 20, 8)
    assert first == again and first != other
    assert [weight(case) for case in first] == sorted(weight(case) for case in first)
    simplest = {"size": 1, "pair": (1, "a"), "layers": [1], "options": {"k": 1}, "padding": None}
    simplest |= {"flag": False, "built": "a-0"}
    assert first.count(simplest) == other.count(simplest) == 1
    assert all(1 <= case.size <= 40 and 1 <= len(case.layers) <= 4 for case in first)


def test_cases_differ_and_a_small_strategy_is_drawn_whole():
    assert sorted(case.x for case in drawn(cases(x=st.integers(1, 3)), 20, 0)) == [1, 2, 3]
    odd = drawn(cases(x=st.integers(1, 99)).filter(lambda case: case.x % 2), 20, 0)
    assert len({case.x for case in odd}) == 20 and all(case.x % 2 for case in odd)


@pytest.mark.parametrize("seed", [0, 1, 77, 2**32 - 1, 2**32, 2**70])
@pytest.mark.parametrize("shape", [(), (1,), (2, 3), (4, 1, 2, 5)])
def test_numbers_are_those_of_numpys_generator_of_seed_and_shape(seed: int, shape: tuple[int, ...]):
    same = np.random.default_rng([seed, *shape])
    np.testing.assert_array_equal(numbers(*shape, seed=seed), same.standard_normal(shape))
    same = np.random.default_rng([seed, *shape])
    np.testing.assert_array_equal(numbers(*shape, seed=seed, dtype="int64"), same.integers(-9, 10, shape))


def test_whole_numbers_lie_at_their_bounds_more_often():
    strategy = cases(x=st.integers(1, 100), y=st.integers(0, 99))
    found = [case.x for seed in range(20) for case in drawn(strategy, 20, seed)]
    assert 70 < found.count(1) < 200 and 15 < found.count(100) < 100


@pytest.mark.parametrize("seed", range(5))
def test_the_smallest_failing_case_is_found(seed: int):
    asked = []

    def fails_from_13_on(case: Case) -> None:
        asked.append(case)
        if case.size >= 13 and len(case.layers) >= 2:
            raise CheckFailure(f"{case.size} {case.layers}")

    with pytest.raises(CheckFailure, match=r"^13 \[1, 1\]$"):
        search(fails_from_13_on, SIZES, 25, seed)
    assert len({repr(case) for case in asked}) == len(asked)


def test_the_same_failure_is_reported_every_time():
    def wrong(case: Case) -> None:
        if case.size % 7 == 3 or case.padding == 2:
            raise CheckFailure(repr(case))

    said = set()
    for _ in range(3):
        with pytest.raises(CheckFailure) as caught:
            search(wrong, SIZES, 25, 4)
        said.add(caught.value.message)
    assert len(said) == 1


def test_a_busy_machine_takes_away_no_case_that_tells_mistakes_apart(monkeypatch: pytest.MonkeyPatch):
    """Neither the clock nor CPU time ends the look at the other drawn cases; they end the shrinking alone."""
    monkeypatch.setattr(search_module, "SHRINK_CPU_S", -1.0)
    monkeypatch.setattr(search_module, "SHRINK_WALL_S", -1.0)
    asked = []

    def fails_from_13_on(case: Case) -> None:
        asked.append(case)
        if case.size >= 13:
            raise CheckFailure(f"{case.size}")

    with pytest.raises(CheckFailure):
        search(fails_from_13_on, SIZES, 25, 3)
    assert asked == drawn(SIZES, 25, 3)


def test_shrinking_ends_by_the_cpu_time_of_the_answer(monkeypatch: pytest.MonkeyPatch):
    used = iter(range(1000))
    monkeypatch.setattr(search_module.time, "process_time", lambda: float(next(used)))
    asked = []

    def fails_always(case: Case) -> None:
        asked.append(case)
        if case.size > 1:
            raise CheckFailure(f"{case.size}")

    with pytest.raises(CheckFailure):
        search(fails_always, SIZES, 25, 3)
    assert 25 < len(asked) <= 25 + search_module.SHRINK_CPU_S
