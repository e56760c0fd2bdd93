"""The convolution of a layer, and what the other tasks' references share with it.

Arrays are channels-last: an image is (height, width, channels), a batch (batch, height, width, channels), kernels are
(filters, kernel_height, kernel_width, in_channels). Results are float32 for a float32 image and float64 otherwise.

Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..output_size.reference import output_size
from ..same_padding.reference import same_padding

Size = int | tuple[int, int]


def conv2d(
    image: np.ndarray, kernels: np.ndarray, bias: np.ndarray | None = None, stride: Size = 1,
    padding: str = "valid", dilation: int = 1,
) -> np.ndarray:
    """Cross-correlation of an image, or of each image of a batch, with every kernel; the same rank comes back.

    bias: (filters,), one number per filter; stride: pixels from window to window, (down, right) or both alike;
    padding: "valid" (none) or "same" (zeros, see `same_padding`). Raises ValueError for arguments out of range, an
    image of another rank or number of channels, and a window wider than the padded image.
    """
    images = as_batch(image)
    kernels = matching_kernels(kernels, images)
    stride, dilation = pair_of(stride, "stride"), pair_of(dilation, "dilation")
    padded = pad_images(images, kernels.shape[1:3], stride, padding, dilation)
    height, width = window_counts(padded, kernels.shape[1:3], stride, dilation)

    result = np.zeros((len(images), height, width, len(kernels)), images.dtype)
    if bias is not None:
        result += np.asarray(bias, images.dtype)
    for row, column in np.ndindex(kernels.shape[1:3]):
        pixels = pixels_under_tap(padded, (row, column), (height, width), stride, dilation)
        result += pixels @ kernels[:, row, column].T
    return result if np.ndim(image) == 4 else result[0]


def pair_of(value: Any, name: str) -> tuple[int, int]:
    """An int or a pair of ints as (down, right). Raises ValueError naming `name` unless both are at least 1."""
    down, right = (value, value) if np.ndim(value) == 0 else value
    if down < 1 or right < 1:
        raise ValueError(f"{name} must be at least 1, not {value}")
    return int(down), int(right)


def as_batch(image: Any) -> np.ndarray:
    """An image or a batch as a batch of float32 or float64."""
    array = np.asarray(image)
    if array.ndim not in (3, 4):
        raise ValueError(f"image must be (height, width, channels) or a batch, and it has {array.ndim} dimensions")
    floats = array.astype(np.float32 if array.dtype == np.float32 else np.float64, copy=False)
    return floats if array.ndim == 4 else floats[np.newaxis]


def matching_kernels(kernels: Any, images: np.ndarray) -> np.ndarray:
    """The kernels in the dtype of the images. Raises ValueError unless they have taps, and as many channels."""
    array = np.asarray(kernels, images.dtype)
    if len(array) < 1:
        raise ValueError("filters must be at least 1")
    pair_of(array.shape[1:3], "kernel_size")
    if array.shape[3] != images.shape[3]:
        raise ValueError(f"the image has {images.shape[3]} channels, and the kernels have {array.shape[3]}")
    return array


def pad_images(
    images: np.ndarray, size: tuple[int, ...], stride: tuple[int, int], padding: str, dilation: tuple[int, int]
) -> np.ndarray:
    """The batch with the zeros around it that `padding` asks for."""
    if padding == "valid":
        return images
    if padding != "same":
        raise ValueError(f'padding must be "valid" or "same", not {padding!r}')
    rows, columns = (same_padding(images.shape[1 + a], size[a], stride[a], dilation[a]) for a in (0, 1))
    return np.pad(images, ((0, 0), rows, columns, (0, 0)))


def window_counts(
    padded: np.ndarray, size: tuple[int, ...], stride: tuple[int, int], dilation: tuple[int, int]
) -> tuple[int, int]:
    """How many windows fit (down, right). Raises ValueError naming kernel_size if not even one does."""
    for axis in (0, 1):
        if dilation[axis] * (size[axis] - 1) + 1 > padded.shape[1 + axis]:
            raise ValueError("kernel_size: the window is wider than the padded image")
    down, right = (output_size(padded.shape[1 + a], size[a], stride[a], 0, dilation[a]) for a in (0, 1))
    return down, right


def pixels_under_tap(
    padded: np.ndarray, tap: tuple[int, ...], counts: tuple[int, int], stride: tuple[int, int],
    dilation: tuple[int, int],
) -> np.ndarray:
    """The pixel under one tap of the kernel for every window at once: (batch, down, right, channels), a view."""
    top, left = tap[0] * dilation[0], tap[1] * dilation[1]
    rows = slice(top, top + stride[0] * (counts[0] - 1) + 1, stride[0])
    columns = slice(left, left + stride[1] * (counts[1] - 1) + 1, stride[1])
    return padded[:, rows, columns]
