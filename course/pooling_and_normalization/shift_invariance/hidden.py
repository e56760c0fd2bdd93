"""Hidden checks of shift-invariance."""

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    in_kernel,
    leaves_unchanged,
    misconceptions,
    numbers,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ..shared import CHANNELS, SEED
from .probes import columns, edges
from .public import pixels

SHIFT = misconceptions.SHIFT_INVARIANCE


class Features:
    """A feature function on both sides of the bridge, with a name that a person can read."""

    def __init__(self, student, name, function):
        self.name, self.function = name, function
        self.there = getattr(in_kernel(student, function), function.__name__)

    def __call__(self, images):
        return self.function(images)

    def __repr__(self):
        return self.name


def sensitivity(student, name, function, images, shift):
    """Compares the sensitivity of some features with the reference's."""
    features = Features(student, name, function)
    expect_close(student.shift_sensitivity(features.there, images, shift),
                 reference.shift_sensitivity(features, images, shift), like=SHIFT)


SHIFTED = cases(height=st.integers(2, 5), width=st.integers(3, 7), channels=CHANNELS, shift=st.integers(1, 2),
                seed=SEED)


@points(2)
@search(SHIFTED)
def test_shift_of_one_image(student, case):
    """The image moves to the right, zeros come in, and the change is measured relative to the features."""
    sensitivity(student, "pixels", pixels, numbers(1, case.height, case.width, case.channels, seed=case.seed),
                case.shift)


@points(2)
@search(SHIFTED)
def test_shift_of_a_batch(student, case):
    """Every image counts the same, a bright one like a dark one: it is the mean of their ratios."""
    images = numbers(3, case.height, case.width, case.channels, seed=case.seed)
    sensitivity(student, "pixels", pixels, images * np.array([1.0, 30.0, 0.1]).reshape(3, 1, 1, 1), case.shift)


@points(1.5)
@search(SHIFTED)
def test_shift_with_other_features(student, case):
    """Features may be an array of any rank, as long as its first axis is the batch."""
    images = numbers(2, case.height, case.width, case.channels, seed=case.seed)
    sensitivity(student, "horizontal differences", edges, images, case.shift)
    sensitivity(student, "sums of columns", columns, images, case.shift)


@points(1)
def test_shift_of_nothing(student):
    """An image whose features are zero before and after counts as 0, beside others that do not."""
    images = numbers(3, 4, 5, 1)
    images[1] = 0
    sensitivity(student, "pixels", pixels, images, 1)


@points(0.5)
def test_shift_by_none_or_all(student):
    """A shift of 0 changes nothing; one as wide as the image, or wider, leaves only zeros."""
    for shift in (0, 4, 5, 9):
        sensitivity(student, "pixels", pixels, numbers(2, 3, 5, 1), shift)


@points(0.5)
def test_shift_of_bytes(student):
    """Features may be unsigned integers: their difference is taken as floats."""
    sensitivity(student, "pixels", pixels, numbers(2, 4, 5, 1, dtype="uint8"), 1)


@points(0.5)
def test_shift_leaves_the_images_alone(student):
    """The result is a single number, and the images stay as they were."""
    images = numbers(2, 4, 5, 1)
    sensitivity(student, "pixels", pixels, images, 1)
    there = in_kernel(student, pixels).pixels
    expect(leaves_unchanged(student, student.shift_sensitivity, there, images, 1),
           "The images were changed; move a copy.")
