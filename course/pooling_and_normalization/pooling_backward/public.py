"""Public checks of pooling-backward."""

import numpy as np

from autograder.checks.api import expect_close, misconceptions, numbers, reference

from ..shared import STEPS


def test_gradient_on_paper(student):
    """The 4x4 example: each window's gradient goes to its maximum."""
    grad = np.array([[1.0, 2.0], [3.0, 4.0]])[:, :, None]
    expect_close(student.max_pool_backward(grad, STEPS, (2, 2)), reference.max_pool_backward(grad, STEPS, (2, 2)),
                 like=misconceptions.POOLING_BACKWARD)


def test_gradient_where_windows_overlap(student):
    """Where windows overlap, gradients add up: with 3x3 windows one pixel apart, the 8 is the maximum of all four."""
    grad = np.array([[1.0, 2.0], [3.0, 4.0]])[:, :, None]
    args = (grad, STEPS, (3, 3), (1, 1))
    expect_close(student.max_pool_backward(*args), reference.max_pool_backward(*args),
                 like=misconceptions.POOLING_BACKWARD)


def test_gradient_of_a_flat_image(student):
    """In an image of equal values, the first pixel of each window gets the gradient."""
    args = (numbers(2, 2, 1), np.ones((4, 4, 1)), (2, 2))
    expect_close(student.max_pool_backward(*args), reference.max_pool_backward(*args),
                 like=misconceptions.POOLING_BACKWARD)
