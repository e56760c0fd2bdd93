"""Hidden checks of filters."""

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_raises,
    kernel_says,
    leaves_unchanged,
    misconceptions,
    numbers,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

SEED = st.integers(0, 50)
PLACES = {"rows": st.integers(1, 3), "columns": st.integers(2, 4), "seed": SEED}


def level_filters(count, seed):
    """Grey filters of 3x3 that look the same from all sides, from 0 to 1: each has a level of its own at its edges."""
    weights = np.zeros((count, 3, 3, 3))
    weights[:, :, 1, 1] = 1
    levels = np.random.default_rng([seed, count]).permutation(np.linspace(0.1, 0.9, count))
    for y, x in ((0, 1), (1, 0), (1, 2), (2, 1)):
        weights[:, :, y, x] = levels[:, None]
    return weights


def channels_last(picture, right):
    """A picture with its channels first is turned, for the form of the result has a check of its own."""
    if isinstance(picture, np.ndarray) and picture.ndim == 3 and picture.shape != right.shape:
        turned = np.moveaxis(picture, 0, -1)
        return turned if turned.shape == right.shape else picture
    return picture


def same_grid(student, weights, columns, gap):
    expect_close(student.filter_grid(weights, columns, gap), reference.filter_grid(weights, columns, gap),
                 like=misconceptions.FILTER_GRID, form=channels_last, rtol=1e-5, atol=1e-6, what="the picture")


@points(1.5)
@search(cases(**PLACES), examples=12)
def test_filters_row_by_row(student, case):
    """The filters stand side by side, row by row; without gaps they fill the picture."""
    same_grid(student, level_filters(case.rows * case.columns, case.seed), case.columns, 0)


@points(1.5)
@search(cases(seed=SEED), examples=12)
def test_each_filter_from_0_to_1(student, case):
    """Each filter is scaled as a whole: its smallest weight becomes 0, its largest 1."""
    rng = np.random.default_rng(case.seed)
    spread, low = rng.uniform(0.5, 2, (4, 2, 1, 1)), rng.uniform(-2, 2, (4, 2, 1, 1))
    weights = level_filters(4, case.seed) * spread[:, [0, 1, 0]] + low[:, [0, 1, 0]]
    # two rows of two, of which those off the diagonal are alike: another arrangement costs the points of others
    same_grid(student, weights[[0, 1, 1, 3]], 2, 0)


@points(0.75)
@search(cases(gap=st.integers(1, 3), side=st.integers(2, 3), seed=SEED), examples=12)
def test_gaps_between_filters(student, case):
    """Between two filters there is a gap of ones, outside there is none."""
    same_grid(student, level_filters(1, case.seed).repeat(case.side**2, axis=0), case.side, case.gap)


@points(0.75)
@search(cases(missing=st.integers(1, 2), **PLACES).filter(lambda c: c.missing == 1 or (c.rows == 1 < c.columns - 1)),
        examples=15)
def test_empty_places(student, case):
    """Where the last row is not full, its empty places are ones."""
    weights = level_filters(1, case.seed).repeat(case.rows * case.columns - case.missing, axis=0)
    same_grid(student, weights, case.columns, 0)


@points(0.75)
@search(cases(height=st.integers(2, 4), width=st.integers(4, 6), seed=SEED).filter(lambda c: c.height != c.width),
        examples=8)
def test_filters_upright_in_their_colours(student, case):
    """Each filter is shown as it is, upright and with its channels in their order; they are the last axis."""
    weights = numbers(2, 3, case.height, case.width, seed=case.seed)
    weights = (weights - weights.min(axis=(1, 2, 3), keepdims=True)) / np.ptp(weights, axis=(1, 2, 3), keepdims=True)
    expect_close(student.filter_grid(weights, 2, 0), reference.filter_grid(weights, 2, 0),
                 like=misconceptions.FILTER_GRID, rtol=1e-5, atol=1e-6, what="the picture")


@points(0.25)
@search(cases(seed=SEED), examples=4)
def test_a_filter_without_contrast(student, case):
    """A filter whose weights are all equal becomes 0."""
    weights = level_filters(2, case.seed)
    weights[0] = 4.0
    same_grid(student, weights, 2, 0)


@points(0.25)
def test_wrong_arguments(student):
    """Columns below 1 and negative gaps are a ValueError that names the argument."""
    for columns, gap, name in ((0, 1, "columns"), (-2, 1, "columns"), (2, -1, "gap")):
        with expect_raises("ValueError", naming=name):
            student.filter_grid(level_filters(3, 0), columns, gap)


@points(0.25)
@kernel_says
@search(cases(seed=SEED), examples=3)
def test_the_weights_stay(student, case):
    """The weights given to the function are not changed."""
    weights = 3 * level_filters(1, case.seed).repeat(4, axis=0) - 1
    same_grid(student, weights, 2, 0)
    expect(leaves_unchanged(student, student.filter_grid, weights), "The weights given to the function were changed.")
