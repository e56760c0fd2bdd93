"""Public checks of shift-invariance."""

import numpy as np

from autograder.checks.api import expect_close, in_kernel, misconceptions, reference


def pixels(images):
    return images


class _Pixels:
    """The images themselves as features."""

    def __call__(self, images):
        return images

    def __repr__(self):
        return "the pixels themselves"


def _sensitivity(student, images, shift):
    there = in_kernel(student, pixels).pixels
    expect_close(student.shift_sensitivity(there, images, shift),
                 reference.shift_sensitivity(_Pixels(), images, shift), like=misconceptions.SHIFT_INVARIANCE)


def test_shift_on_paper(student):
    """The row 3, 4, 0 moved by one is 0, 3, 4: a change of norm 5.1 against a norm of 5."""
    _sensitivity(student, np.array([3.0, 4.0, 0.0]).reshape(1, 1, 3, 1), 1)


def test_shift_of_two_images(student):
    """Every image counts the same, whatever its brightness."""
    _sensitivity(student, np.array([[3.0, 4.0, 0.0], [50.0, -20.0, 90.0]]).reshape(2, 1, 3, 1), 1)


def test_shift_of_a_blank_image(student):
    """An image of zeros does not change when it moves, and counts as 0."""
    _sensitivity(student, np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]]).reshape(2, 1, 3, 1), 1)
