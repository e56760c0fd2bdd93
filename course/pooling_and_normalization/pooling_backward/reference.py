"""The gradient of max pooling."""

from __future__ import annotations

import numpy as np

from ..max_pooling.reference import Pair, as_float, pair, windows_of


def max_pool_backward(grad_output: np.ndarray, x: np.ndarray, pool_size: Pair, stride: Pair | None = None):
    """The gradient of a loss with respect to the input of max pooling ("valid" padding).

    grad_output: the gradient with respect to the pooled result, of its shape; x: the input, an image or a batch.
    Returns an array of x's shape. Each window hands its gradient to its first maximum in row-major order; a pixel
    that is the maximum of several windows gets the sum.
    """
    kernel = pair(pool_size)
    step = kernel if stride is None else pair(stride)
    windows = windows_of(as_float(x), kernel, step)
    flat = windows.reshape(*windows.shape[:-2], kernel[0] * kernel[1])
    in_row, in_column = np.divmod(flat.argmax(axis=-1), kernel[1])
    place = list(np.indices(in_row.shape))
    place[-3] = place[-3] * step[0] + in_row
    place[-2] = place[-2] * step[1] + in_column
    gradient = np.zeros(x.shape, dtype=windows.dtype)
    np.add.at(gradient, tuple(place), grad_output)
    return gradient
