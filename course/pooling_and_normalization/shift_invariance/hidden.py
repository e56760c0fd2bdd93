"""Hidden checks of shift-invariance."""

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    in_kernel,
    kernel_says,
    later,
    leaves_unchanged,
    misconceptions,
    numbers,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ..shared import CHANNELS, SEED
from .probes import columns, edges, nothing, squares
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
    expect_close(later(student.shift_sensitivity, features.there, images, shift),
                 reference.shift_sensitivity(features, images, shift), like=SHIFT)


# A slip has one price: pictures that are alike from every side and have a margin do not show in which direction they
# move, nor what comes in; images that move out leave nothing but what they were.


def framed(number, width, *, seed, channels=1):
    """Images of whole numbers with a margin of zeros, alike when mirrored or turned, each of another brightness."""
    inner = width - 6
    images = np.zeros((number, width, width, channels))
    drawn = 1 + np.abs(numbers(number, inner, inner, channels, seed=seed))
    whole = drawn + drawn[:, ::-1]
    whole = whole + whole[:, :, ::-1]
    images[:, 3:-3, 3:-3] = np.ceil(whole + whole.swapaxes(1, 2)) * (1 + np.arange(number))[:, None, None, None]
    return images


SHIFTED = cases(height=st.integers(2, 5), width=st.integers(3, 7), channels=CHANNELS, shift=st.integers(1, 2),
                seed=SEED)
FRAMED = cases(batch=st.integers(2, 3), width=st.integers(9, 11), channels=CHANNELS, shift=st.integers(1, 2), seed=SEED)


@points(1.5)
@search(SHIFTED, examples=12)
def test_shift_of_one_image(student, case):
    """The image moves to the right, zeros come in, and the change is measured relative to the features."""
    image = numbers(1, case.height, case.width, case.channels, seed=case.seed)
    for shift in (case.shift, case.width):
        sensitivity(student, "squares", squares, image, shift)


@points(1.5)
@search(FRAMED, examples=12)
def test_shift_of_a_batch(student, case):
    """Every image counts the same, however bright it is, and a blank one is one of them."""
    images = framed(case.batch, case.width, seed=case.seed, channels=case.channels)
    sensitivity(student, "squares", squares, images, case.shift)
    with_a_blank = np.concatenate([0 * images[:1], images])
    sensitivity(student, "squares", squares, with_a_blank, case.shift)
    # The same to the left, to the right and downwards; as bytes, its differences and their squares are others.
    spot = np.outer([0, 2, 15, 2, 0], [0, 2, 15, 2, 0]).astype("uint8")
    sensitivity(student, "pixels", pixels, spot[None, :, :, None], 1)


@points(1)
@search(FRAMED, examples=12)
def test_shift_with_other_features(student, case):
    """Features may be any array whose first axis is the batch, of another shape than the images."""
    images = framed(1, case.width, seed=case.seed, channels=case.channels)
    for name, function in (("columns", columns), ("edges", edges)):
        sensitivity(student, name, function, images, case.shift)


@points(1)
def test_shift_of_nothing(student):
    """Images whose features are zero before and after count as 0."""
    for batch in (1, 2, 3):
        sensitivity(student, "no features", nothing, framed(batch, 9, seed=batch), 1)
        sensitivity(student, "squares", squares, np.zeros((batch, 4, 5, 1)), 1)


@points(1.5)
def test_shift_by_none_or_all(student):
    """A shift of 0 changes nothing; one as wide as the image, or wider, leaves only zeros."""
    for width in (5, 4):
        images = np.zeros((2, 3, width, 1))
        images[:, 1, 1] = 1
        for shift in (0, width, width + 1, 2 * width - 1, 2 * width, 3 * width, np.int64(width)):
            sensitivity(student, "squares", squares, images, shift)


@points(1)
def test_shift_of_bytes(student):
    """Features may be unsigned integers: their difference is taken as floats."""
    for width in (5, 6):
        images = np.zeros((2, 4, width, 1), dtype="uint8")
        images[:, 2, 3] = 1
        sensitivity(student, "pixels", pixels, images, width)


@points(0.5)
@kernel_says
def test_shift_leaves_the_images_alone(student):
    """The result is a single number, and the images stay as they were."""
    sensitivity(student, "pixels", pixels, framed(2, 9, seed=1), 0)
    there = in_kernel(student, pixels).pixels
    for shift in (1, 9):
        expect(leaves_unchanged(student, student.shift_sensitivity, there, numbers(2, 4, 5, 1), shift),
               "The images were changed; move a copy.")
