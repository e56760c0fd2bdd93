"""Public checks of shift-invariance."""

import numpy as np

from autograder.checks.api import expect_close, in_kernel, misconceptions, numbers, reference, second


def pixels(images):
    return images


def columns(images):
    return images[:, :, ::2]


class _Features:
    """What is computed of images, and what it is called."""

    def __init__(self, compute, words):
        self._compute, self._words = compute, words

    def __call__(self, images):
        return self._compute(images)

    def __repr__(self):
        return self._words


PIXELS = _Features(pixels, "the pixels themselves")
COLUMNS = _Features(columns, "every other column")


def _sensitivity(student, images, shift, features=PIXELS):
    there = in_kernel(student, pixels, columns)
    expect_close(student.shift_sensitivity(there.columns if features is COLUMNS else there.pixels, images, shift),
                 reference.shift_sensitivity(features, images, shift), like=misconceptions.SHIFT_INVARIANCE)


PAPER = np.array([3.0, 4.0, 0.0]).reshape(1, 1, 3, 1)
PAIR = np.array([[3.0, 4.0, 0.0], [50.0, -20.0, 90.0]]).reshape(2, 1, 3, 1)
BLANK = np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]]).reshape(2, 1, 3, 1)


@second(lambda rng: 6)
def test_shift_on_paper(student, case):
    """The row 3, 4, 0 moved by one is 0, 3, 4: a change of norm 5.1 against a norm of 5."""
    _sensitivity(student, numbers(1, 2, case, 1) if case else PAPER, 1)


@second(lambda rng: 6)
def test_shift_of_two_images(student, case):
    """Every image counts the same, whatever its brightness."""
    pair = np.concatenate([numbers(1, 2, case, 1), 30 * numbers(1, 2, case, 1, seed=1)]) if case else PAIR
    _sensitivity(student, pair, 1)


@second(lambda rng: 6)
def test_shift_of_a_blank_image(student, case):
    """An image of zeros does not change when it moves, and counts as 0."""
    _sensitivity(student, np.concatenate([np.zeros((1, 2, case, 1)), numbers(2, 2, case, 1)]) if case else BLANK, 1)


@second(lambda rng: 6)
def test_shift_with_features(student, case):
    """The features are what is compared, here every other column: of 3, 4, 0 that is 3, 0; of 0, 3, 4 it is 0, 4."""
    _sensitivity(student, numbers(1, 2, case, 1) if case else PAPER, 1, COLUMNS)
