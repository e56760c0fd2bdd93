"""Public checks of conv2d-backward."""

import numpy as np

from autograder.checks.api import expect, expect_close, misconceptions, reference, second, wrong_return

from ..shared import whole

GRADIENTS = "grad_x", "grad_kernels", "grad_bias"


def by_shape(found, x, kernels):
    """The three gradients in the order that is asked for, told by their shapes; as they are where these do not tell."""
    if not isinstance(found, (tuple, list)) or len(found) != 3:
        raise wrong_return("conv2d_backward returns three arrays, grad_x, grad_kernels, grad_bias", found)
    shapes, right = [getattr(one, "shape", None) for one in found], [x.shape, kernels.shape, kernels.shape[:1]]
    if shapes == right or any(shapes.count(shape) != 1 for shape in right):
        return found
    return [found[shapes.index(shape)] for shape in right]


def expect_in_order(found, sorted_found):
    expect(sorted_found is found, "The three gradients come in another order than (grad_x, grad_kernels, grad_bias).",
           diagnosis=misconceptions.CONV2D_BACKWARD["gradients-in-another-order"])


def expect_gradients(student, grad, x, kernels, **options):
    """All three gradients are right, and come in their order."""
    right = reference.conv2d_backward(grad, x, kernels, **options)
    found = student.conv2d_backward(grad, x, kernels, **options)
    ordered = by_shape(found, x, kernels)
    for part, what in enumerate(GRADIENTS):
        expect_close(ordered[part], right, part=part, what=what, like=misconceptions.CONV2D_BACKWARD)
    expect_in_order(found, ordered)


def test_one_window(student):
    """With a single window, a pixel's gradient is the weight that it met, and a weight's gradient is its pixel."""
    x, kernels, grad = whole(2, 2, 1, seed=1), whole(1, 2, 2, 1, seed=2), np.ones((1, 1, 1))
    expect_gradients(student, grad, x, kernels)


@second(lambda rng: 6)
def test_overlapping_windows(student, case):
    """Where windows overlap, gradients add up; so they do over all filters, and over a batch."""
    height = case or 4
    x, kernels, grad = whole(2, height, 5, 2, seed=3), whole(3, 2, 3, 2, seed=4), whole(2, height - 1, 3, 3, seed=5)
    expect_gradients(student, grad, x, kernels)


@second(lambda rng: 7)
def test_gradients_with_stride_and_padding(student, case):
    """Stride and "same" padding are undone on the way back: grad_x has the shape of x."""
    size = case or 5
    x, kernels = whole(size, size, 1, seed=6), whole(1, 2, 2, 1, seed=7)
    for side, options in ((size // 2, {"stride": 2}), (size, {"padding": "same"})):
        expect_gradients(student, whole(side, side, 1, seed=8), x, kernels, **options)
