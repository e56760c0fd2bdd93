"""Wrong turns with the gradient of max pooling."""

from __future__ import annotations

import numpy as np

from autograder.checks.api import Misconceptions

from ..max_pooling.misconceptions import DTYPES_ONLY
from ..max_pooling.reference import as_float, pair
from . import reference as right

GRADIENT = "The gradient of max pooling"

POOLING_BACKWARD = Misconceptions("pooling-backward", right.max_pool_backward)


def _backward(grad_output, x, pool_size, stride, share):
    """Hands each window's gradient to its pixels by `share`, which maps a window to weights; shares add up."""
    kernel = pair(pool_size)
    step = kernel if stride is None else pair(stride)
    gradient = np.zeros(x.shape, dtype=as_float(x).dtype)
    for at in np.ndindex(*np.shape(grad_output)):
        *batch, row, column, channel = at
        rows = slice(row * step[0], row * step[0] + kernel[0])
        columns = slice(column * step[1], column * step[1] + kernel[1])
        place = (*batch, rows, columns, channel)
        gradient[place] += share(x[place]) * grad_output[at]
    return gradient


def _one(shape, index):
    weights = np.zeros(shape)
    weights[np.unravel_index(index, shape)] = 1
    return weights


@POOLING_BACKWARD.add("every-maximum", section=GRADIENT)
def every_maximum(grad_output, x, pool_size, stride=None):
    """Every pixel equal to the maximum got the whole gradient; where several tie, only the first one gets it."""
    return _backward(grad_output, x, pool_size, stride, lambda window: window == window.max())


@POOLING_BACKWARD.add("tie-is-split", section=GRADIENT)
def tie_is_split(grad_output, x, pool_size, stride=None):
    """The gradient was split among pixels that tie for the maximum; the first one in row-major order gets all of it."""
    return _backward(grad_output, x, pool_size, stride, lambda w: (w == w.max()) / (w == w.max()).sum())


@POOLING_BACKWARD.add("last-maximum", section=GRADIENT)
def last_maximum(grad_output, x, pool_size, stride=None):
    """Where pixels tie for the maximum, the last one got the gradient; the first in row-major order does."""
    return _backward(
        grad_output, x, pool_size, stride, lambda w: _one(w.shape, w.size - 1 - w[::-1, ::-1].argmax())
    )


@POOLING_BACKWARD.add("first-by-columns", section=GRADIENT)
def first_by_columns(grad_output, x, pool_size, stride=None):
    """Ties were broken column by column; row-major order goes through the first row, then the second."""
    return _backward(grad_output, x, pool_size, stride, lambda w: _one(w.T.shape, w.T.argmax()).T)


@POOLING_BACKWARD.add("spread-evenly", section=GRADIENT, price="this is the gradient of another layer")
def spread_evenly(grad_output, x, pool_size, stride=None):
    """The gradient was spread over the whole window, as average pooling does; here one pixel decided the result."""
    return _backward(grad_output, x, pool_size, stride, lambda window: np.full(window.shape, 1 / window.size))


@POOLING_BACKWARD.add("overlap-overwrites", section=GRADIENT)
def overlap_overwrites(grad_output, x, pool_size, stride=None):
    """A pixel that is the maximum of several windows kept the last gradient only; it gets their sum."""
    gradient = np.zeros(x.shape, dtype=as_float(x).dtype)
    for at in np.ndindex(*np.shape(grad_output)):
        alone = np.zeros(np.shape(grad_output))
        alone[at] = 1
        hit = right.max_pool_backward(alone, x, pool_size, stride) != 0
        gradient[hit] = grad_output[at]
    return gradient


@POOLING_BACKWARD.add("times-the-value", section=GRADIENT)
def times_the_value(solve, grad_output, x, pool_size, stride=None):
    """The gradient was multiplied by the pixel's value; a maximum passes its gradient on unchanged."""
    return solve(grad_output, x, pool_size, stride) * x


@POOLING_BACKWARD.add("pool-size-as-stride", section=GRADIENT)
def backward_pool_size_as_stride(grad_output, x, pool_size, stride=None):
    """The windows moved by their own size although a stride was given: it only stands in when there is no stride."""
    kernel = pair(pool_size)
    inside = [(x.shape[axis] - 1) // kernel[axis + 3] + 1 for axis in (-3, -2)]
    return _backward(grad_output[..., : inside[0], : inside[1], :], x, pool_size, None,
                     lambda window: _one(window.shape, window.argmax()))


@POOLING_BACKWARD.add("integer-result", section=GRADIENT, price=DTYPES_ONLY)
def backward_integer_result(solve, grad_output, x, pool_size, stride=None):
    """The gradient was written into an integer array, and its fractions were cut off; it is a float always."""
    result = solve(grad_output, x, pool_size, stride)
    return result if x.dtype.kind == "f" else result.astype(x.dtype)


@POOLING_BACKWARD.add("always-float64", section=GRADIENT, price=DTYPES_ONLY)
def backward_always_float64(solve, grad_output, x, pool_size, stride=None):
    """The gradient of a float32 input became float64; it stays float32."""
    return solve(grad_output, x, pool_size, stride).astype(np.float64)
