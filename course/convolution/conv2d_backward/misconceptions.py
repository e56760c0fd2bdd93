"""Wrong turns with the backward pass."""

from __future__ import annotations

import numpy as np

from autograder.checks.api import Misconceptions

from ..conv2d.reference import as_batch, pad_images, pair_of
from ..same_padding.misconceptions import PADDING
from ..same_padding.reference import same_padding
from . import reference as right

BACKWARD = "The backward pass"

CONV2D_BACKWARD = Misconceptions("conv2d-backward", right.conv2d_backward)


@CONV2D_BACKWARD.add("kernel-turned-for-the-image", section=BACKWARD)
def kernel_turned_for_the_image(solve, grad_output, x, kernels, stride=1, padding="valid"):
    """In grad_x every weight reached the pixel at the other end of the window: the kernel is turned once too often,
    or not at all where the full convolution needs it turned."""
    grad_x = solve(grad_output, x, kernels[:, ::-1, ::-1], stride, padding)[0]
    return grad_x, *solve(grad_output, x, kernels, stride, padding)[1:]


@CONV2D_BACKWARD.add("kernel-gradient-turned", section=BACKWARD)
def kernel_gradient_turned(solve, grad_output, x, kernels, stride=1, padding="valid"):
    """grad_kernels is turned by 180 degrees: a weight's gradient belongs at the weight's own place."""
    grad_x, grad_kernels, grad_bias = solve(grad_output, x, kernels, stride, padding)
    return grad_x, grad_kernels[:, ::-1, ::-1], grad_bias


@CONV2D_BACKWARD.add("overlaps-overwritten", section=BACKWARD)
def overlaps_overwritten(grad_output, x, kernels, stride=1, padding="valid"):
    """Where windows overlap, each overwrote in grad_x what the one before had put there; a pixel's gradients add up."""
    images, size = as_batch(x), kernels.shape[1:3]
    strides = pair_of(stride, "stride")
    padded = np.zeros_like(pad_images(images, size, strides, padding, (1, 1)))
    grad = np.asarray(grad_output).reshape(-1, *np.shape(grad_output)[-3:])
    for row, column in np.ndindex(grad.shape[1:3]):
        top, left = row * strides[0], column * strides[1]
        window = padded[:, top : top + size[0], left : left + size[1]]
        window[...] = np.tensordot(grad[:, row, column], kernels, axes=(1, 0))
    grad_x = right._without_padding(padded, images.shape, size, strides, padding)
    correct = right.conv2d_backward(grad_output, x, kernels, stride, padding)
    return grad_x.reshape(correct[0].shape), *correct[1:]


@CONV2D_BACKWARD.add("taps-overwritten", section=BACKWARD)
def taps_overwritten(grad_output, x, kernels, stride=1, padding="valid"):
    """Where several taps meet a pixel, each overwrote in grad_x what the one before had put there; gradients add up."""
    images, size = as_batch(x), kernels.shape[1:3]
    down, right_by = pair_of(stride, "stride")
    padded = np.zeros_like(pad_images(images, size, (down, right_by), padding, (1, 1)))
    grad = np.asarray(grad_output).reshape(-1, *np.shape(grad_output)[-3:])
    rows, columns = grad.shape[1:3]
    for row, column in np.ndindex(*size):
        met = padded[:, row : row + down * rows : down, column : column + right_by * columns : right_by]
        met[:, :rows, :columns] = grad @ kernels[:, row, column]
    grad_x = right._without_padding(padded, images.shape, size, (down, right_by), padding)
    correct = right.conv2d_backward(grad_output, x, kernels, stride, padding)
    return grad_x.reshape(correct[0].shape), *correct[1:]


@CONV2D_BACKWARD.add("kernel-gradient-of-the-last-window", section=BACKWARD)
def kernel_gradient_of_the_last_window(grad_output, x, kernels, stride=1, padding="valid"):
    """grad_kernels has what the last window gave, as `=` writes it; every window adds its part (`+=`)."""
    grad_x, _, grad_bias = right.conv2d_backward(grad_output, x, kernels, stride, padding)
    last = np.zeros_like(grad_output)
    last[..., -1:, -1:, :] = grad_output[..., -1:, -1:, :]
    return grad_x, right.conv2d_backward(last, x, kernels, stride, padding)[1], grad_bias


@CONV2D_BACKWARD.add("gradients-of-the-last-image", section=BACKWARD)
def gradients_of_the_last_image(grad_output, x, kernels, stride=1, padding="valid"):
    """The gradients of kernels and bias are those of the batch's last image; all images add their part (`+=`)."""
    grad_x, *rest = right.conv2d_backward(grad_output, x, kernels, stride, padding)
    if np.ndim(x) == 4 and len(x):
        rest = right.conv2d_backward(grad_output[-1:], x[-1:], kernels, stride, padding)[1:]
    return grad_x, *rest


@CONV2D_BACKWARD.add("backward-stride-swapped", section=BACKWARD)
def backward_stride_swapped(grad_output, x, kernels, stride=1, padding="valid"):
    """The two strides changed places on the way back: the first number goes down the rows, the second to the right."""
    images, size, strides = as_batch(x), kernels.shape[1:3], pair_of(stride, "stride")
    padded = pad_images(images, size, strides, padding, (1, 1))
    grad = np.asarray(grad_output).reshape(-1, *np.shape(grad_output)[-3:])
    grad_padded, grad_kernels = np.zeros_like(padded), np.zeros(kernels.shape, padded.dtype)
    for row, column in np.ndindex(grad.shape[1:3]):
        top, left = row * strides[1], column * strides[0]
        window = padded[:, top : top + size[0], left : left + size[1]]
        here = slice(window.shape[1]), slice(window.shape[2])  # as much of it as lies on the image
        grad_kernels[:, *here] += np.tensordot(grad[:, row, column].T, window, axes=1)
        grad_padded[:, top : top + size[0], left : left + size[1]] += np.tensordot(
            grad[:, row, column], kernels[:, *here], axes=1
        )
    grad_x = right._without_padding(grad_padded, images.shape, size, strides, padding)
    return grad_x.reshape(np.shape(x)), grad_kernels, grad.sum(axis=(0, 1, 2))


@CONV2D_BACKWARD.add("only-the-first-filter", section=BACKWARD)
def only_the_first_filter(solve, grad_output, x, kernels, stride=1, padding="valid"):
    """Only the first filter sent its gradient back to the image; every filter has read every pixel."""
    grad_x = solve(grad_output[..., :1], x, kernels[:1], stride, padding)[0]
    return grad_x, *solve(grad_output, x, kernels, stride, padding)[1:]


@CONV2D_BACKWARD.add("bias-gradient-averaged", section=BACKWARD)
def bias_gradient_averaged(solve, grad_output, x, kernels, stride=1, padding="valid"):
    """grad_bias is the mean over the places of the map. The bias was added at each of them: its gradients add up."""
    grad_x, grad_kernels, _ = solve(grad_output, x, kernels, stride, padding)
    return grad_x, grad_kernels, np.mean(grad_output, axis=tuple(range(np.ndim(grad_output) - 1)))


@CONV2D_BACKWARD.add("kernel-gradient-averaged", section=BACKWARD)
def kernel_gradient_averaged(solve, grad_output, x, kernels, stride=1, padding="valid"):
    """grad_kernels is the mean over the places of the window. The weight was used at each: its gradients add up."""
    grad_x, grad_kernels, grad_bias = solve(grad_output, x, kernels, stride, padding)
    return grad_x, grad_kernels / int(np.prod(np.shape(grad_output)[-3:-1])), grad_bias


@CONV2D_BACKWARD.add("batch-averaged", section=BACKWARD)
def batch_averaged(solve, grad_output, x, kernels, stride=1, padding="valid"):
    """The gradients of kernels and bias were averaged over the batch; grad_output says what each image counts."""
    grad_x, grad_kernels, grad_bias = solve(grad_output, x, kernels, stride, padding)
    images = len(x) if np.ndim(x) == 4 else 1
    return grad_x, grad_kernels / images, grad_bias / images


@CONV2D_BACKWARD.add("stride-forgotten-on-the-way-back", section=BACKWARD)
def stride_forgotten_on_the_way_back(grad_output, x, kernels, stride=1, padding="valid"):
    """On the way back the windows lie side by side; on the way there they were `stride` pixels apart."""
    images = as_batch(x)
    size, strides = kernels.shape[1:3], pair_of(stride, "stride")
    padded = pad_images(images, size, strides, padding, (1, 1))
    rows, columns = np.shape(grad_output)[-3:-1]
    part = padded[:, : rows + size[0] - 1, : columns + size[1] - 1]
    grad = np.asarray(grad_output).reshape(-1, *np.shape(grad_output)[-3:])
    near, grad_kernels, grad_bias = right.conv2d_backward(grad, part, kernels)
    grad_padded = np.zeros_like(padded)
    grad_padded[:, : near.shape[1], : near.shape[2]] = near
    grad_x = right._without_padding(grad_padded, images.shape, size, strides, padding)
    return grad_x.reshape(np.shape(x)), grad_kernels, grad_bias


@CONV2D_BACKWARD.add("padding-not-removed", section=BACKWARD)
def padding_not_removed(grad_output, x, kernels, stride=1, padding="valid"):
    """grad_x still has the frame of the padded image: zeros that were added have no gradient to hand on."""
    _, grad_kernels, grad_bias = right.conv2d_backward(grad_output, x, kernels, stride, padding)
    images = as_batch(x)
    padded = pad_images(images, kernels.shape[1:3], pair_of(stride, "stride"), padding, (1, 1))
    grad = np.asarray(grad_output).reshape(-1, *np.shape(grad_output)[-3:])
    framed = right.conv2d_backward(grad, padded, kernels, stride)[0]
    return framed if np.ndim(x) == 4 else framed[0], grad_kernels, grad_bias


@CONV2D_BACKWARD.add("padding-removed-at-the-wrong-side", section=PADDING)
def padding_removed_at_the_wrong_side(grad_output, x, kernels, stride=1, padding="valid"):
    """The frame of zeros was cut off grad_x as if the odd pixel were before the image; it is after it."""
    correct = right.conv2d_backward(grad_output, x, kernels, stride, padding)
    framed = padding_not_removed(grad_output, x, kernels, stride, padding)[0]
    first = np.ndim(x) - 3
    more = [framed.shape[first + a] - correct[0].shape[first + a] for a in (0, 1)]
    rows, columns = (slice(m - m // 2, m - m // 2 + correct[0].shape[first + a]) for a, m in enumerate(more))
    return framed[..., rows, columns, :], *correct[1:]


@CONV2D_BACKWARD.add("cut-off-at-minus-zero", section=BACKWARD, price="without padding nothing of grad_x is left")
def cut_off_at_minus_zero(grad_output, x, kernels, stride=1, padding="valid"):
    """grad_x came back empty where no zeros had been added: a slice up to -0 is one up to 0, and holds nothing."""
    grad_x, *others = right.conv2d_backward(grad_output, x, kernels, stride, padding)
    strides, first = pair_of(stride, "stride"), np.ndim(x) - 3
    for axis in (first, first + 1):
        size, window, step = np.shape(x)[axis], kernels.shape[1 + axis - first], strides[axis - first]
        if padding == "valid" or not same_padding(size, window, step)[1]:
            grad_x = np.take(grad_x, range(0), axis=axis)
    return grad_x, *others


CONV2D_BACKWARD.add_source(
    "gradients-in-another-order",
    "The three gradients are right and stand in another order: first comes grad_x, then grad_kernels, then grad_bias.",
    '''
import numpy as np


def conv2d_backward(grad_output, x, kernels, stride=1, padding="valid"):
    x, grad = np.asarray(x), np.asarray(grad_output)
    if x.ndim not in (3, 4):
        raise ValueError("image must be one or a batch")
    images = x if x.ndim == 4 else x[None]
    images = images.astype(np.float32 if x.dtype == np.float32 else np.float64)
    if images.shape[3] != kernels.shape[3]:
        raise ValueError("image has other channels than the kernels")
    if padding not in ("valid", "same"):
        raise ValueError("padding must be valid or same")
    sh, sw = (stride, stride) if np.ndim(stride) == 0 else stride
    if min(sh, sw) < 1:
        raise ValueError("stride must be at least 1")
    filters, kh, kw, _ = kernels.shape
    pads = [(0, 0), (0, 0)]
    if padding == "same":
        pads = []
        for size, window, step in zip(images.shape[1:3], (kh, kw), (sh, sw)):
            total = max((-(-size // step) - 1) * step + window - size, 0)
            pads.append((total // 2, total - total // 2))
    padded = np.pad(images, [(0, 0), *pads, (0, 0)])
    rows, columns = (padded.shape[1] - kh) // sh + 1, (padded.shape[2] - kw) // sw + 1
    if min(rows, columns) < 1:
        raise ValueError("kernel_size is wider than the padded image")
    if grad.shape != (*x.shape[:-3], rows, columns, filters):
        raise ValueError("grad_output does not have the shape of the result")
    grad = grad.reshape(-1, rows, columns, filters).astype(images.dtype)
    grad_x, grad_kernels = np.zeros_like(padded), np.zeros(kernels.shape, images.dtype)
    for i in range(kh):
        for j in range(kw):
            met = np.s_[:, i : i + sh * (rows - 1) + 1 : sh, j : j + sw * (columns - 1) + 1 : sw]
            grad_x[met] += grad @ kernels[:, i, j].astype(images.dtype)
            grad_kernels[:, i, j] = np.tensordot(grad, padded[met], axes=((0, 1, 2), (0, 1, 2)))
    top, left = pads[0][0], pads[1][0]
    grad_x = grad_x[:, top : top + images.shape[1], left : left + images.shape[2]].reshape(x.shape)
    return grad_kernels, grad.sum(axis=(0, 1, 2)), grad_x
''',
    section=BACKWARD,
)
