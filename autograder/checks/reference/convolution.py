"""Convolution: sizes and padding, the layer itself, im2col, the backward pass, dilation, the receptive field.

Arrays are channels-last: an image is (height, width, channels), a batch (batch, height, width, channels), kernels are
(filters, kernel_height, kernel_width, in_channels). Results are float32 for a float32 image and float64 otherwise.

Sources: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016); TensorFlow's
documentation of `tf.nn.convolution` for "SAME" padding; K. Chellapilla, S. Puri and P. Simard, "High performance
convolutional neural networks for document processing" (2006) for the matrix product.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

Size = int | tuple[int, int]

# Numbers in the windows of one matrix product: 16 MB of float32, about what a processor's cache holds. Images as small
# as AlexNet's last maps are too little work for a product each.
TOGETHER = 1 << 22


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """How often a window fits into `size` pixels, in one direction.

    size: pixels; kernel: taps; stride: pixels from one window to the next; padding: pixels added on each side;
    dilation: pixels from one tap to the next. Raises ValueError for a count below 1, a negative padding, or a
    window wider than the padded input.
    """
    for name, value in {"size": size, "kernel": kernel, "stride": stride, "dilation": dilation}.items():
        if value < 1:
            raise ValueError(f"{name} must be at least 1, not {value}")
    if padding < 0:
        raise ValueError(f"padding must not be negative, and it is {padding}")
    window = dilation * (kernel - 1) + 1
    if window > size + 2 * padding:
        raise ValueError(f"the kernel covers {window} pixels, and the padded input has {size + 2 * padding}")
    return int((size + 2 * padding - window) // stride + 1)


def same_padding(size: int, kernel: int, stride: int = 1, dilation: int = 1) -> tuple[int, int]:
    """Pixels to add (before, after) so that ceil(size / stride) windows fit: TensorFlow's "SAME".

    An odd number of pixels has its extra one after the image. Raises ValueError for an argument below 1.
    """
    for name, value in {"size": size, "kernel": kernel, "stride": stride, "dilation": dilation}.items():
        if value < 1:
            raise ValueError(f"{name} must be at least 1, not {value}")
    windows = -(-size // stride)
    last_pixel = (windows - 1) * stride + dilation * (kernel - 1) + 1
    total = int(max(last_pixel - size, 0))
    return total // 2, total - total // 2


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


def dilate_kernel(kernel: np.ndarray, dilation: int) -> np.ndarray:
    """The kernel with dilation - 1 zeros between neighbouring taps: (kh, kw) or (filters, kh, kw, channels).

    Raises ValueError for a dilation below 1.
    """
    if dilation < 1:
        raise ValueError(f"dilation must be at least 1, not {dilation}")
    kernel = np.asarray(kernel)
    rows = 0 if kernel.ndim == 2 else 1
    shape = list(kernel.shape)
    for axis in (rows, rows + 1):
        shape[axis] = dilation * (kernel.shape[axis] - 1) + 1
    result = np.zeros(shape, kernel.dtype)
    result[(slice(None),) * rows + (slice(None, None, dilation),) * 2] = kernel
    return result


def receptive_field(layers: Iterable[tuple[int, int, int]]) -> int:
    """How many input pixels, in one direction, one number of the last map depends on.

    layers: (kernel, stride, dilation) from the input on. Each layer widens the field by the distance from its first
    to its last tap, counted in input pixels: that is how far apart its own inputs are (`jump`). No layers see one
    pixel. Raises ValueError for a number below 1.
    """
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        for name, value in {"kernel": kernel, "stride": stride, "dilation": dilation}.items():
            if value < 1:
                raise ValueError(f"{name} must be at least 1, not {value}")
        field += (kernel - 1) * dilation * jump
        jump *= stride
    return int(field)


def weight_counting(
    small: tuple[int, int, int], large: tuple[int, int, int], kernel: int, filters: int
) -> dict[str, int]:
    """Weights of neurons: a dense one on a small and a large image, one of a kernel; parameters of a whole layer.

    small, large: (height, width, channels). A layer has a bias for each filter; weights alone are without it.
    """
    conv_neuron = kernel * kernel * small[2]
    return {
        "dense_small": small[0] * small[1] * small[2],
        "dense_large": large[0] * large[1] * large[2],
        "conv_neuron": conv_neuron,
        "conv_layer": filters * (conv_neuron + 1),
    }


def worked_sizes(cases: list[tuple[int, int, int, int]]) -> dict[str, list[int | None]]:
    """The output size for each (size, kernel, stride, padding), None where the windows leave pixels over."""
    sizes: list[int | None] = []
    for size, kernel, stride, padding in cases:
        left_over = (size + 2 * padding - kernel) % stride
        sizes.append(None if left_over else output_size(size, kernel, stride, padding))
    return {"sizes": sizes}


def padding_output() -> dict[str, int | str]:
    """What padding does to 28x28 pixels under a 3x3 window, and which pixels a valid convolution reads least."""
    repeats, size = 0, 28
    while size >= 3:
        size, repeats = output_size(size, 3), repeats + 1
    return {"same": 28, "valid": output_size(28, 3), "valid_repeats": repeats, "least_read": "corners"}
