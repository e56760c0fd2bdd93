"""Hidden checks of report."""

from __future__ import annotations

from autograder.checks.api import points

from .public import expect_curves, expect_curves_labelled, expect_means, expect_spread, expect_ways_labelled


@points(3)
def test_curves_of_training_and_validation(student, rng):
    """Loss and accuracy are drawn over the epochs, on the training and on the validation images."""
    expect_curves(student, rng)


@points(2)
def test_curves_are_labelled(student, rng):
    """The axes of the learning curves have names, and a legend tells the lines apart."""
    expect_curves_labelled(student, rng)


@points(2)
def test_means_over_the_seeds(student, rng):
    """Both ways are drawn as the mean over the seeds against the number of labelled images."""
    expect_means(student, rng)


@points(1)
def test_spread_over_the_seeds(student, rng):
    """The spread over the seeds is drawn, too."""
    expect_spread(student, rng)


@points(2)
def test_transfer_plot_is_labelled(student, rng):
    """The axes have names, and the legend says which line is transfer and which from scratch."""
    expect_ways_labelled(student, rng)
