"""Public checks of conv2d-backward."""

import numpy as np

from autograder.checks.api import expect, expect_close, misconceptions, reference

from ..shared import whole


def gradients(student, *args, **options):
    """The three gradients, or a failure that says how many came."""
    found = student.conv2d_backward(*args, **options)
    three = isinstance(found, (tuple, list)) and len(found) == 3
    expect(three, "conv2d_backward returns three arrays: grad_x, grad_kernels, grad_bias.")
    return found


def test_one_window(student):
    """With a single window, a pixel's gradient is the weight that it met, and a weight's gradient is its pixel."""
    x, kernels, grad = whole(2, 2, 1, seed=1), whole(1, 2, 2, 1, seed=2), np.ones((1, 1, 1))
    right = reference.conv2d_backward(grad, x, kernels)
    for part, found in enumerate(gradients(student, grad, x, kernels)):
        what = ("grad_x", "grad_kernels", "grad_bias")[part]
        expect_close(found, right, part=part, what=what, like=misconceptions.CONV2D_BACKWARD)


def test_overlapping_windows(student):
    """Where windows overlap, gradients add up; so they do over all filters, and over a batch."""
    x, kernels, grad = whole(2, 4, 5, 2, seed=3), whole(3, 2, 3, 2, seed=4), whole(2, 3, 3, 3, seed=5)
    right = reference.conv2d_backward(grad, x, kernels)
    for part, found in enumerate(gradients(student, grad, x, kernels)):
        what = ("grad_x", "grad_kernels", "grad_bias")[part]
        expect_close(found, right, part=part, what=what, like=misconceptions.CONV2D_BACKWARD)


def test_gradients_with_stride_and_padding(student):
    """Stride and "same" padding are undone on the way back: grad_x has the shape of x."""
    x, kernels = whole(5, 5, 1, seed=6), whole(1, 2, 2, 1, seed=7)
    for side, options in ((2, {"stride": 2}), (5, {"padding": "same"})):
        grad = whole(side, side, 1, seed=8)
        right = reference.conv2d_backward(grad, x, kernels, **options)
        for part, found in enumerate(gradients(student, grad, x, kernels, **options)):
            what = ("grad_x", "grad_kernels", "grad_bias")[part]
            expect_close(found, right, part=part, what=what, like=misconceptions.CONV2D_BACKWARD)
