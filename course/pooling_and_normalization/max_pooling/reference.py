"""Max pooling, and what the other pooling layers share with it.

Sources: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning" (2016), section 9.3; TensorFlow's documentation of
`tf.nn.max_pool` and `tf.nn.avg_pool` for "SAME" padding.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ...convolution.same_padding.reference import same_padding

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
    return checked_windows(image, pool_size, stride, padding, fill=-np.inf).max(axis=(-2, -1))


def as_float(image: np.ndarray) -> np.ndarray:
    """A float32 array as it is, anything else as float64."""
    return image if image.dtype == np.float32 else image.astype(np.float64)


def pair(value: Pair) -> tuple[int, int]:
    """(height, width) from an int or a pair."""
    height, width = (value, value) if np.ndim(value) == 0 else value
    return int(height), int(width)


def checked_windows(image: np.ndarray, pool_size: Pair, stride: Pair | None, padding: str, fill: float) -> np.ndarray:
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
    return windows_of(image, window, step)


def padded(image: np.ndarray, window: tuple[int, int], step: tuple[int, int], fill: float) -> np.ndarray:
    """The image or batch with "same" padding; in each direction the odd pixel goes after."""
    height, width = image.shape[-3:-1]
    border = {-3: same_padding(height, window[0], step[0]), -2: same_padding(width, window[1], step[1])}
    return np.pad(image, border, constant_values=fill)


def windows_of(image: np.ndarray, window: tuple[int, int], step: tuple[int, int]) -> np.ndarray:
    """Every window of an image or a batch as (..., rows, columns, channels, window height, window width)."""
    return sliding_window_view(image, window, axis=(-3, -2))[..., :: step[0], :: step[1], :, :, :]
