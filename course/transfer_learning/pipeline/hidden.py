"""Hidden checks of pipeline."""

from __future__ import annotations

from autograder.checks.api import kernel_says, points

from .public import (
    expect_augmented,
    expect_labels,
    expect_pixels,
    expect_plain_evaluation,
    expect_prefetched,
    expect_resized,
    expect_seeded_order,
    expect_shuffled,
)


@points(3)
def test_values_of_the_pixels(student, rng):
    """Pixels are float32 in [-1, 1], as the pretrained network expects them, in three channels for grey files too."""
    expect_pixels(student, rng)


@points(2)
def test_size_of_the_images(student, rng):
    """Images of any size become `image_size`, which is (height, width); the last batch may be smaller."""
    expect_resized(student, rng)


@points(2)
def test_evaluation_leaves_images_alone(student):
    """Without training the images come as they are and in the given order, every time."""
    expect_plain_evaluation(student)


@points(2)
def test_labels_stay_with_their_images(student):
    """In training every image comes once per epoch, with its own label."""
    expect_labels(student)


@points(2)
def test_a_new_order_in_every_epoch(student):
    """In training all images are shuffled, anew in every epoch."""
    expect_shuffled(student)


@points(2)
def test_augmentation_in_training(student):
    """In training the same image looks a little different in every epoch, and is never mirrored."""
    expect_augmented(student)


@points(1)
def test_the_order_follows_the_seed(student):
    """Two pipelines with the same seed begin with the same order."""
    expect_seeded_order(student)


@points(1)
@kernel_says
def test_batches_are_prefetched(student):
    """The next batch is prepared while the network works on this one."""
    expect_prefetched(student)
