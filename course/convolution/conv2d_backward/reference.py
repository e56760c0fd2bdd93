"""The gradients of a convolution."""

from __future__ import annotations

import numpy as np

from ..conv2d.reference import (
    Size,
    as_batch,
    matching_kernels,
    pad_images,
    pair_of,
    pixels_under_tap,
    window_counts,
)
from ..same_padding.reference import same_padding


def conv2d_backward(
    grad_output: np.ndarray, x: np.ndarray, kernels: np.ndarray, stride: Size = 1, padding: str = "valid",
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients (grad_x, grad_kernels, grad_bias) of a loss, given its gradient for the layer's output.

    Every output is a sum over taps of pixel times weight; so each tap sends grad * weight back to its pixel and
    grad * pixel to its weight. The gradients of kernels and bias are sums over the batch. Shapes and errors as in
    `conv2d`; grad_output that does not fit the layer's output raises ValueError.
    """
    images = as_batch(x)
    kernels = matching_kernels(kernels, images)
    stride, size = pair_of(stride, "stride"), kernels.shape[1:3]
    padded = pad_images(images, size, stride, padding, (1, 1))
    counts = window_counts(padded, size, stride, (1, 1))
    grad = np.asarray(grad_output, images.dtype).reshape(-1, *np.shape(grad_output)[-3:])
    if grad.shape != (len(images), *counts, len(kernels)):
        raise ValueError(f"grad_output must be {(*counts, len(kernels))} for each image")

    grad_padded, grad_kernels = np.zeros_like(padded), np.zeros_like(kernels)
    for tap in np.ndindex(size):
        pixels = pixels_under_tap(padded, tap, counts, stride, (1, 1))
        grad_kernels[:, *tap] = np.tensordot(grad, pixels, axes=((0, 1, 2), (0, 1, 2)))
        pixels_under_tap(grad_padded, tap, counts, stride, (1, 1))[...] += grad @ kernels[:, *tap]
    grad_x = _without_padding(grad_padded, images.shape, size, stride, padding)
    return grad_x if np.ndim(x) == 4 else grad_x[0], grad_kernels, grad.sum(axis=(0, 1, 2))


def _without_padding(
    padded: np.ndarray, shape: tuple[int, ...], size: tuple[int, ...], stride: tuple[int, int], padding: str
) -> np.ndarray:
    if padding == "valid":
        return padded
    top, left = (same_padding(shape[1 + a], size[a], stride[a])[0] for a in (0, 1))
    return padded[:, top : top + shape[1], left : left + shape[2]]
