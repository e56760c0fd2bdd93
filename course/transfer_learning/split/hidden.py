"""Hidden checks of split."""

from __future__ import annotations

from autograder.checks.api import points

from .public import expect_no_duplicates, expect_partition, expect_seeded_split, expect_stratified, pictures

FRACTIONS = (0.6, 0.15, 0.25)


@points(3)
def test_every_image_on_one_side(student, rng):
    """Every image is on exactly one side, also where the fractions do not divide the number of images."""
    for counts in ((7, 11), (13, 9, 10)):
        expect_partition(student, *pictures(rng, counts), (0.5, 0.3, 0.2), [int(rng.integers(1000))])


@points(2)
def test_every_class_divided_alike(student, rng):
    """Each class is divided by the fractions, give or take an image."""
    seeds = [int(seed) for seed in rng.integers(1000, size=2)]
    expect_stratified(student, *pictures(rng, (140, 60, 100)), FRACTIONS, seeds)


@points(3)
def test_identical_images_on_one_side(student, rng):
    """Files with the same content are on the same side, whatever their names are."""
    seeds = [int(seed) for seed in rng.integers(1000, size=3)]
    expect_no_duplicates(student, *pictures(rng, (40, 40), copies=12), FRACTIONS, seeds)


@points(2)
def test_identical_images_of_two_classes(student, rng):
    """Also where the same image stands in two classes, its files are on the same side."""
    seeds = [int(seed) for seed in rng.integers(1000, size=3)]
    expect_no_duplicates(student, *pictures(rng, (40, 40), other_label=10), FRACTIONS, seeds)


@points(2)
def test_the_seed_decides(student, rng):
    """The same seed gives the same split, and another seed another one."""
    expect_seeded_split(student, *pictures(rng, (40, 40)), FRACTIONS, int(rng.integers(1000)))
