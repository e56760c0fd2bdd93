"""Pooling layers, the gradient of max pooling, and how much features move when the image does.

Sources: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning" (2016), section 9.3; A. Krizhevsky, I. Sutskever and
G. Hinton, "ImageNet Classification with Deep Convolutional Neural Networks" (2012), section 3.4, for overlapping
windows; TensorFlow's documentation of `tf.nn.max_pool` and `tf.nn.avg_pool` for "SAME" padding.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .convolution import same_padding

Pair = int | tuple[int, int]


def max_pool(image: np.ndarray, pool_size: Pair = (2, 2), stride: Pair | None = None, padding: str = "valid"):
    """The largest value of each window, channel by channel.

    image: (height, width, channels), or (batch, height, width, channels); the result has the same rank.
    pool_size, stride: pixels, as an int or (height, width); no stride means that windows touch and do not overlap.
    padding: "valid" takes whole windows only; "same" gives ceil(size / stride) positions, and pads with minus
    infinity, which never is a maximum.
    Returns float32 for a float32 image, float64 otherwise. Raises ValueError, naming the argument, for a size or
    stride below 1, an unknown padding, an image of another rank, or a window larger than the image.
    """
    return _checked_windows(image, pool_size, stride, padding, fill=-np.inf).max(axis=(-2, -1))


def min_pool(image: np.ndarray, pool_size: Pair = (2, 2), stride: Pair | None = None, padding: str = "valid"):
    """The smallest value of each window: minus the maximum of minus the image. Arguments as for `max_pool`.

    The image becomes a float first: minus an unsigned integer wraps around, and minus a boolean is an error.
    """
    return -max_pool(-as_float(image), pool_size, stride, padding)


def average_pool(image: np.ndarray, pool_size: Pair = (2, 2), stride: Pair | None = None, padding: str = "valid"):
    """The mean of each window. Arguments as for `max_pool`; padding counts neither in the sum nor in the number."""
    total = _checked_windows(image, pool_size, stride, padding, fill=0.0).sum(axis=(-2, -1))
    here = np.ones_like(as_float(image))
    return total / _checked_windows(here, pool_size, stride, padding, fill=0.0).sum(axis=(-2, -1))


def max_pool_backward(grad_output: np.ndarray, x: np.ndarray, pool_size: Pair, stride: Pair | None = None):
    """The gradient of a loss with respect to the input of max pooling ("valid" padding).

    grad_output: the gradient with respect to the pooled result, of its shape; x: the input, an image or a batch.
    Returns an array of x's shape. Each window hands its gradient to its first maximum in row-major order; a pixel
    that is the maximum of several windows gets the sum.
    """
    kernel = pair(pool_size)
    step = kernel if stride is None else pair(stride)
    windows = _windows(as_float(x), kernel, step)
    flat = windows.reshape(*windows.shape[:-2], kernel[0] * kernel[1])
    in_row, in_column = np.divmod(flat.argmax(axis=-1), kernel[1])
    place = list(np.indices(in_row.shape))
    place[-3] = place[-3] * step[0] + in_row
    place[-2] = place[-2] * step[1] + in_column
    gradient = np.zeros(x.shape, dtype=windows.dtype)
    np.add.at(gradient, tuple(place), grad_output)
    return gradient


def overlapping_pooling() -> dict[str, float]:
    """Pooling a 55-pixel map with stride 2, what overlap bought AlexNet, and what 2x2 with stride 2 throws away.

    Sizes in pixels: (55 - 3) / 2 + 1, and (55 - 2) / 2 + 1 rounded down. Top-1 and top-5 in percentage points of error
    (Krizhevsky et al. 2012, section 3.4). Of each 2x2 window one activation of four is kept.
    """
    return {
        "size_3x3": 27,
        "size_2x2": 27,
        "top1_points": 0.4,
        "top5_points": 0.3,
        "discarded_percent": 75,
    }


def shift_sensitivity(features: Callable[[np.ndarray], np.ndarray], images: np.ndarray, shift: int) -> float:
    """How much features change, relative to their size, when the images move `shift` pixels to the right.

    features: maps a batch to an array whose first axis is the batch. images: (batch, height, width, channels); zeros
    come in from the left. Returns the mean over the images of |change| / |features| (L2 norms), 0 where both are 0.
    """
    moved, width = np.zeros_like(images), images.shape[2]
    kept = max(width - shift, 0)
    moved[:, :, width - kept :] = images[:, :, :kept]
    before, after = as_float(features(images)), as_float(features(moved))
    size = np.array([np.linalg.norm(one) for one in before])
    change = np.array([np.linalg.norm(one) for one in after - before])
    still = (change == 0) & (size == 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.where(still, 0.0, change / size).mean())


def as_float(image: np.ndarray) -> np.ndarray:
    """A float32 array as it is, anything else as float64."""
    return image if image.dtype == np.float32 else image.astype(np.float64)


def pair(value: Pair) -> tuple[int, int]:
    """(height, width) from an int or a pair."""
    height, width = (value, value) if np.ndim(value) == 0 else value
    return int(height), int(width)


def _checked_windows(image: np.ndarray, pool_size: Pair, stride: Pair | None, padding: str, fill: float) -> np.ndarray:
    """The windows of an image or a batch, padded with `fill`; raises ValueError for what `max_pool` refuses."""
    window = pair(pool_size)
    step = window if stride is None else pair(stride)
    for name, sizes in {"pool_size": window, "stride": step}.items():
        if min(sizes) < 1:
            raise ValueError(f"{name} must be at least 1 in both directions, not {sizes}")
    if padding not in ("valid", "same"):
        raise ValueError(f'padding must be "valid" or "same", not {padding!r}')
    if image.ndim not in (3, 4):
        raise ValueError(f"image must have 3 axes, or 4 as a batch, not {image.ndim}")
    image = as_float(image)
    if padding == "same":
        image = padded(image, window, step, fill)
    if image.shape[-3] < window[0] or image.shape[-2] < window[1]:
        raise ValueError(f"pool_size {window} is larger than the image, {image.shape[-3:-1]}")
    return _windows(image, window, step)


def padded(image: np.ndarray, window: tuple[int, int], step: tuple[int, int], fill: float) -> np.ndarray:
    """The image or batch with "same" padding; in each direction the odd pixel goes after."""
    height, width = image.shape[-3:-1]
    border = {-3: same_padding(height, window[0], step[0]), -2: same_padding(width, window[1], step[1])}
    return np.pad(image, border, constant_values=fill)


def _windows(image: np.ndarray, window: tuple[int, int], step: tuple[int, int]) -> np.ndarray:
    """Every window of an image or a batch as (..., rows, columns, channels, window height, window width)."""
    return sliding_window_view(image, window, axis=(-3, -2))[..., :: step[0], :: step[1], :, :, :]
