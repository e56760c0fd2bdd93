"""Public checks of pooling-backward."""

import numpy as np

from autograder.checks.api import expect_close, misconceptions, numbers, reference, second

from ..shared import STEPS

SMALL = np.array([[1.0, 2.0], [3.0, 4.0]])[:, :, None]


@second(lambda rng: 6)
def test_gradient_on_paper(student, case):
    """The 4x4 example: each window's gradient goes to its maximum."""
    grad = numbers(case // 2, case // 2, 1) if case else SMALL
    args = grad, numbers(case, case, 1, seed=1) if case else STEPS, (2, 2)
    expect_close(student.max_pool_backward(*args), reference.max_pool_backward(*args),
                 like=misconceptions.POOLING_BACKWARD)


@second(lambda rng: 6)
def test_gradient_where_windows_overlap(student, case):
    """Where windows overlap, gradients add up: with 3x3 windows one pixel apart, the 8 is the maximum of all four."""
    grad = numbers(case - 2, case - 2, 1) if case else SMALL
    args = grad, numbers(case, case, 1, seed=1) if case else STEPS, (3, 3), (1, 1)
    expect_close(student.max_pool_backward(*args), reference.max_pool_backward(*args),
                 like=misconceptions.POOLING_BACKWARD)


@second(lambda rng: 6)
def test_gradient_of_a_flat_image(student, case):
    """In an image of equal values, the first pixel of each window gets the gradient."""
    side = case or 4
    args = numbers(side // 2, side // 2, 1), np.ones((side, side, 1)), (2, 2)
    expect_close(student.max_pool_backward(*args), reference.max_pool_backward(*args),
                 like=misconceptions.POOLING_BACKWARD)
