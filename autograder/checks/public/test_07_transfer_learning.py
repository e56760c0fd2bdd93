"""Public checks of assignment 07."""

from __future__ import annotations

from autograder.checks.api import CheckFailure, expect, task
from autograder.checks.transfer import figures, folders, pipelines, tuning
from autograder.checks.transfer.folders import folder_of, pictures

KINDS = ("statistics", "duplicates", "groups", "chosen on the test set")


@task("dataset")
def test_two_classes(student, rng):
    """Images are listed class by class, sorted by name, with the index of their class as label."""
    folders.expect_index(student, folder_of(rng, ("pear", "apple")) | {"apple/notes.txt": ("text", 0)})


@task("dataset")
def test_a_corrupt_file(student, rng):
    """A file that cannot be decoded is left out, with a warning that names it."""
    files = folder_of(rng, ("pear", "apple")) | {"pear/broken.png": ("text", 0), "apple/half.jpg": ("cut", 1)}
    folders.expect_index(student, files)
    folders.expect_warnings(student, files, ["broken.png", "half.jpg"])


@task("dataset")
def test_a_class_with_too_few(student, rng):
    """A class with fewer than 100 readable images is refused with a ValueError that names it."""
    folders.expect_refused(student, folder_of(rng, ("pear", "apple"), more=0), "pear")


@task("split")
def test_sides_that_are_disjoint_and_complete(student, rng):
    """Every image is on exactly one side."""
    folders.expect_partition(student, *pictures(rng, (9, 8)), (0.6, 0.2, 0.2), [1])


@task("split")
def test_classes_are_divided_alike(student, rng):
    """Each class is divided by the fractions, in the order training, validation, test."""
    folders.expect_stratified(student, *pictures(rng, (100, 40)), (0.7, 0.1, 0.2), [1, 2])


@task("split")
def test_copies_stay_together(student, rng):
    """Files with the same content are on the same side."""
    folders.expect_no_duplicates(student, *pictures(rng, (30, 30), copies=10), (0.6, 0.2, 0.2), [1, 2])


@task("split")
def test_seeds(student, rng):
    """The same seed gives the same split, another seed another one."""
    folders.expect_seeded_split(student, *pictures(rng, (30, 30)), (0.6, 0.2, 0.2), 3)


@task("pipeline")
def test_pixels(student, rng):
    """Pixels are float32 in [-1, 1], in three channels."""
    pipelines.expect_pixels(student, rng)


@task("pipeline")
def test_sizes(student, rng):
    """Images of any size become (height, width), and none is dropped."""
    pipelines.expect_resized(student, rng)


@task("pipeline")
def test_training(student):
    """In training the images come with their labels, shuffled anew and augmented anew in every epoch."""
    pipelines.expect_labels(student)
    pipelines.expect_shuffled(student)
    pipelines.expect_augmented(student)


@task("pipeline")
def test_evaluation(student):
    """Without training the images come as they are, in the given order."""
    pipelines.expect_plain_evaluation(student)


@task("fine-tune")
def test_head(student):
    """The model gives a probability for each class of the training labels."""
    tuning.expect_probabilities(tuning.fine_tuned(student))


@task("fine-tune")
def test_phases(student):
    """The features are frozen at first; after that the top layers learn, and batch normalisation never does."""
    tuned = tuning.fine_tuned(student)
    tuning.expect_frozen_first(tuned)
    tuning.expect_statistics_kept(tuned)
    tuning.expect_top_tuned(tuned)


@task("fine-tune")
def test_margin(student):
    """With ten labelled images of each class the network reaches the accuracy that is asked for."""
    tuning.expect_margin(tuning.fine_tuned(student))


@task("report")
def test_learning_curves(student, rng):
    """Loss and accuracy are drawn over the epochs, for training and validation, and named."""
    figures.expect_curves(student, rng)
    figures.expect_curves_labelled(student, rng)


@task("report")
def test_transfer_curves(student, rng):
    """The means of both ways are drawn over the numbers of labelled images, with their spread, and named."""
    figures.expect_means(student, rng)
    figures.expect_spread(student, rng)
    figures.expect_ways_labelled(student, rng)


@task("pitfalls")
def test_kinds(student):
    """There is an entry for each pipeline: None, or one of the four kinds of leak."""
    answer = student.pitfalls
    if not isinstance(answer, dict):
        raise CheckFailure("This task is answered with a dict.")
    for key in "ABCDEFGHIJ":
        expect(key in answer, f'The answer has no entry "{key}".')
        expect(answer[key] is None or answer[key] in KINDS, f'The entry "{key}" is none of the kinds.')
