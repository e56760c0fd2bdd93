"""Public checks of filters."""

from autograder.checks.api import expect_close, misconceptions, numbers, reference, second


@second(lambda rng: 7)
def test_five_filters_in_three_columns(student, case):
    """Five filters of 2x3 in three columns with a gap of 1: a picture of 5x11, one place of it empty."""
    weights = numbers(case or 5, 3, 2, 3)
    expect_close(student.filter_grid(weights, 3), reference.filter_grid(weights, 3),
                 like=misconceptions.FILTER_GRID, rtol=1e-5, atol=1e-6, what="the picture")


@second(lambda rng: 3)
def test_filters_of_another_size(student, case):
    """One filter of 3x2 alone, in the eight columns that are the default."""
    weights = numbers(case or 1, 1, 3, 2)
    expect_close(student.filter_grid(weights), reference.filter_grid(weights), like=misconceptions.FILTER_GRID,
                 rtol=1e-5, atol=1e-6, what="the picture")
