"""Wrong turns with average pooling."""

from __future__ import annotations

import numpy as np

from autograder.checks.api import Misconceptions

from ..max_pooling.misconceptions import FEW_POINTS, add_geometry, layer_class, zero_padded
from ..max_pooling.reference import max_pool, pair
from . import reference as right

AVERAGE = "Average pooling"

AVERAGE_POOLING = Misconceptions("average-pooling", right.average_pool, student=layer_class("AveragePooling2D"))

add_geometry(
    AVERAGE_POOLING, "AveragePooling2D", AVERAGE, FEW_POINTS,
    reduce="window.sum((-3, -2)) / real.sum((-3, -2))", fill="0.0",
)


@AVERAGE_POOLING.add("padding-in-the-mean", section=AVERAGE)
def padding_in_the_mean(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """The padding was counted in the mean: at the border, divide by the number of pixels that are really there."""
    return zero_padded(solve, image, pool_size, stride, padding)


@AVERAGE_POOLING.add("sum-of-the-window", section=AVERAGE)
def sum_of_the_window(image, pool_size=(2, 2), stride=None, padding="valid"):
    """The sum of each window was never divided by the number of pixels in it."""
    kernel = pair(pool_size)
    here = np.ones(image.shape[-3:-1] + (1,))
    share = right.average_pool(here, pool_size, stride, "valid" if padding != "same" else padding)
    zeros = zero_padded(right.average_pool, here, pool_size, stride, padding)
    return right.average_pool(image, pool_size, stride, padding) * zeros / share * kernel[0] * kernel[1]


@AVERAGE_POOLING.add("divided-by-the-stride", section=AVERAGE)
def divided_by_the_stride(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """The sum was divided by the stride's product; a mean is divided by the number of pixels in the window."""
    kernel = pair(pool_size)
    step = kernel if stride is None else pair(stride)
    return solve(image, pool_size, stride, padding) * (kernel[0] * kernel[1]) / (step[0] * step[1])


@AVERAGE_POOLING.add("floor-division", section=AVERAGE)
def floor_division(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """The fractions were cut off: `//` rounds down, also for floats; `/` gives the mean."""
    return np.floor(solve(image, pool_size, stride, padding))


@AVERAGE_POOLING.add("maximum-of-the-window", section=AVERAGE)
def max_for_average(image, pool_size=(2, 2), stride=None, padding="valid"):
    """The maximum of each window was taken; average pooling takes the mean."""
    return max_pool(image, pool_size, stride, padding)
