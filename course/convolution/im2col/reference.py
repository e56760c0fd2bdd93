"""The windows of an image as a matrix, and the convolution as a matrix product.

Source: K. Chellapilla, S. Puri and P. Simard, "High performance convolutional neural networks for document processing"
(2006).
"""

from __future__ import annotations

import numpy as np

from ..conv2d.reference import Size, as_batch, matching_kernels, pad_images, pair_of, window_counts

# Numbers in the windows of one matrix product: 16 MB of float32, about what a processor's cache holds. Images as small
# as AlexNet's last maps are too little work for a product each.
TOGETHER = 1 << 22


def im2col(image: np.ndarray, kernel_size: Size, stride: Size = 1, dilation: int = 1) -> np.ndarray:
    """The windows of one image as the columns of a matrix: (kernel_height * kernel_width * channels, positions).

    Rows are in the order (row, column, channel) of the kernel; positions follow row by row. Raises ValueError for
    arguments out of range, an image of another rank, and a window wider than the image.
    """
    image = np.asarray(image)
    if image.ndim != 3:
        raise ValueError(f"image must be (height, width, channels), and it has {image.ndim} dimensions")
    size = pair_of(kernel_size, "kernel_size")
    stride, dilation = pair_of(stride, "stride"), pair_of(dilation, "dilation")
    return windows_as_rows(image[np.newaxis], size, stride, dilation).T


def windows_as_rows(
    images: np.ndarray, size: tuple[int, ...], stride: tuple[int, int], dilation: tuple[int, int]
) -> np.ndarray:
    """The windows of a batch, one a row: (batch * positions, kernel_height * kernel_width * channels)."""
    height, width = window_counts(images, size, stride, dilation)
    # A view in which every window shows the image's own numbers; the one copy is made by reshape. With the channels
    # last, a window's row of pixels lies together in both arrays, and is copied as a whole.
    covers = [step * (taps - 1) + 1 for step, taps in zip(dilation, size, strict=True)]
    windows = np.lib.stride_tricks.sliding_window_view(images, covers, axis=(1, 2))
    windows = windows[:, :: stride[0], :: stride[1], :, :: dilation[0], :: dilation[1]].transpose(0, 1, 2, 4, 5, 3)
    return windows.reshape(len(images) * height * width, size[0] * size[1] * images.shape[3])


def conv2d_im2col(
    x: np.ndarray, kernels: np.ndarray, bias: np.ndarray | None = None, stride: Size = 1, padding: str = "valid",
) -> np.ndarray:
    """The convolution of `conv2d` as matrix products: the windows of an image, or of several small ones, in each."""
    images = as_batch(x)
    kernels = matching_kernels(kernels, images)
    stride, size = pair_of(stride, "stride"), kernels.shape[1:3]
    padded = pad_images(images, size, stride, padding, (1, 1))
    height, width = window_counts(padded, size, stride, (1, 1))

    weights = kernels.reshape(len(kernels), -1)
    result = np.empty((len(images), height, width, len(kernels)), images.dtype)
    together = 1 + TOGETHER // (1 + height * width * weights.shape[1])
    for first in range(0, len(images), together):
        windows = windows_as_rows(padded[first : first + together], size, stride, (1, 1))
        product = result[first : first + together].reshape(len(windows), len(kernels))  # a view
        np.matmul(windows, weights.T, out=product)
        if bias is not None:
            product += np.asarray(bias, images.dtype)
    return result if np.ndim(x) == 4 else result[0]
