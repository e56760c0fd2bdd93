"""Hidden checks of fine-tune."""

from __future__ import annotations

from autograder.checks.api import kernel_says, points

from .public import (
    expect_accuracy,
    expect_frozen_first,
    expect_judged_only,
    expect_probabilities,
    expect_small_steps,
    expect_statistics_kept,
    expect_top_tuned,
    fine_tuned,
    thresholds,
)


@points(4)
def test_the_new_head(student):
    """The model gives a probability for each class of the training labels."""
    expect_probabilities(fine_tuned(student))


@points(0.5)
@kernel_says
def test_the_features_are_frozen_at_first(student):
    """While the new head learns, the pretrained features stay what they were."""
    expect_frozen_first(fine_tuned(student))


@points(5)
def test_the_top_layers_are_tuned(student):
    """After that the last convolution changes a little, the first one does not."""
    expect_top_tuned(fine_tuned(student))


@points(0.25)
@kernel_says
def test_the_top_layers_go_by_small_steps(student):
    """In no epoch of the second phase does the last convolution go far: its learning rate is small."""
    expect_small_steps(fine_tuned(student))


@points(0.25)
@kernel_says
def test_validation_images_are_there_to_judge_by(student):
    """The top layers do not learn from the validation images."""
    expect_judged_only(fine_tuned(student))


@points(5)
def test_batch_normalisation_stays_as_it_was(student):
    """Batch normalisation keeps its means and variances: they are those of the pretrained network."""
    expect_statistics_kept(fine_tuned(student))


@points(5)
def test_better_than_from_scratch(student):
    """On few labelled images the network is clearly better than one trained from scratch."""
    expect_accuracy(fine_tuned(student), thresholds()[0])


@points(5)
def test_as_good_as_transfer_makes_it(student):
    """On few labelled images the network reaches what fine-tuning with care reaches."""
    expect_accuracy(fine_tuned(student), thresholds()[1])
