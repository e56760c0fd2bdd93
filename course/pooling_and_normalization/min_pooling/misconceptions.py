"""Wrong turns with min pooling."""

from __future__ import annotations

import numpy as np

from autograder.checks.api import Misconceptions

from ..max_pooling.misconceptions import FEW_POINTS, add_geometry, layer_class, padded_by_kernel, zero_padded
from ..max_pooling.reference import as_float, max_pool
from . import reference as right

MIN = "Min pooling"

MIN_POOLING = Misconceptions("min-pooling", right.min_pool, student=layer_class("MinPooling2D"))

add_geometry(MIN_POOLING, "MinPooling2D", MIN, FEW_POINTS, reduce="window.min((-3, -2))", fill="np.inf")


@MIN_POOLING.add("zero-padding", section=MIN)
def zero_padding_min(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """Zeros were padded and won: where all values are positive, a zero from outside the image is no minimum of it."""
    return zero_padded(solve, image, pool_size, stride, padding)


@MIN_POOLING.add("symmetric-same-padding", section=MIN)
def symmetric_min(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """"Same" padding put (k - 1) // 2 pixels on both sides; how many it takes depends on size and stride too."""
    return padded_by_kernel(solve, image, pool_size, stride, padding, np.inf)


@MIN_POOLING.add("running-minimum-from-0", section=MIN)
def running_minimum_from_0(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """No minimum is above 0: the search for it began at 0. Begin at infinity, or at the window's first pixel."""
    return np.minimum(solve(image, pool_size, stride, padding), 0)


@MIN_POOLING.add("maximum-of-the-window", section=MIN, price="a maximum is another layer, without a minimum anywhere")
def max_for_min(image, pool_size=(2, 2), stride=None, padding="valid"):
    """The maximum of each window was taken; the minimum is minus the maximum of minus the image."""
    return max_pool(image, pool_size, stride, padding)


@MIN_POOLING.add("sign-not-restored", section=MIN, price="every value is wrong")
def sign_not_restored(image, pool_size=(2, 2), stride=None, padding="valid"):
    """The image was negated and never turned back: the minimum is minus the maximum of minus the image."""
    return max_pool(-as_float(image), pool_size, stride, padding)


@MIN_POOLING.add("negated-before-float", section=MIN, raises="TypeError")
def negated_before_float(image, pool_size=(2, 2), stride=None, padding="valid"):
    """The image was negated before it was a float: minus 1 as an unsigned byte is 255, and a boolean has no minus."""
    return -max_pool(-image, pool_size, stride, padding)
