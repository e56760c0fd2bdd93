"""Hidden checks of filters."""

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_raises,
    leaves_unchanged,
    misconceptions,
    numbers,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

SEED = st.integers(0, 50)
SIDES = {"channels": st.integers(1, 3), "height": st.integers(2, 4), "width": st.integers(2, 4), "seed": SEED}


def ready_filters(case, count):
    """Filters that are scaled already: in every channel the smallest weight is 0 and the largest 1."""
    weights = numbers(count, case.channels, case.height, case.width, seed=case.seed)
    low, high = weights.min(axis=(2, 3), keepdims=True), weights.max(axis=(2, 3), keepdims=True)
    return (weights - low) / (high - low)


def same_grid(student, weights, columns, gap):
    expect_close(student.filter_grid(weights, columns, gap), reference.filter_grid(weights, columns, gap),
                 like=misconceptions.FILTER_GRID, rtol=1e-5, atol=1e-6, what="the picture")


@points(2)
@search(cases(rows=st.integers(1, 3), columns=st.integers(2, 4), **SIDES), examples=15)
def test_filters_row_by_row(student, case):
    """The filters stand side by side, row by row; without gaps they fill the picture."""
    same_grid(student, ready_filters(case, case.rows * case.columns), case.columns, 0)


@points(1)
@search(cases(**SIDES), examples=15)
def test_each_filter_from_0_to_1(student, case):
    """Each filter is scaled as a whole: its smallest weight becomes 0, its largest 1."""
    weights = 3 * numbers(2, case.channels, case.height, case.width, seed=case.seed)
    weights[1] += 5
    same_grid(student, weights, 2, 0)


@points(1)
@search(cases(rows=st.integers(1, 3), columns=st.integers(1, 3), gap=st.integers(1, 3), **SIDES), examples=15)
def test_gaps_between_filters(student, case):
    """Between two filters there is a gap of ones, outside there is none."""
    same_grid(student, ready_filters(case, case.rows * case.columns), case.columns, case.gap)


@points(1)
@search(cases(count=st.integers(1, 7), columns=st.integers(2, 4), **SIDES).filter(lambda c: c.count % c.columns),
        examples=15)
def test_empty_places(student, case):
    """Where the last row is not full, its empty places are ones."""
    same_grid(student, ready_filters(case, case.count), case.columns, 0)


@points(1)
@search(cases(**SIDES), examples=6)
def test_a_filter_without_contrast_and_wrong_arguments(student, case):
    """A filter whose weights are all equal becomes 0; columns below 1 and negative gaps are a ValueError."""
    weights = ready_filters(case, 2)
    weights[0] = 4.0
    same_grid(student, weights, 2, 0)
    kept = leaves_unchanged(student, student.filter_grid, weights)
    expect(kept, "The weights given to the function were changed.")
    for columns, gap, name in ((0, 1, "columns"), (2, -1, "gap")):
        with expect_raises("ValueError", naming=name):
            student.filter_grid(weights, columns, gap)
