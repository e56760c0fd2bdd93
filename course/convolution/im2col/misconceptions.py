"""Wrong turns with the convolution as a matrix product."""

from __future__ import annotations

import numpy as np

from autograder.checks.api import Misconceptions

from ..conv2d.misconceptions import LAYER, integer_result, layer_pads_before, layer_pads_symmetrically
from ..conv2d.reference import as_batch, pair_of, window_counts
from ..output_size.misconceptions import SIZES
from ..same_padding.misconceptions import PADDING
from . import reference as right

MATRIX = "Convolution as one matrix product"
SIZES_WRONG = "no matrix has as many columns as it should, and no product can be laid out as a map"
ONE_POINT = "of twelve points one is the least that a test can have"

IM2COL = Misconceptions("im2col", right.im2col)


@IM2COL.add("channels-first-rows", section=MATRIX)
def channels_first_rows(image, kernel_size, stride=1, dilation=1):
    """The rows are in the order (channel, row, column); the kernel's weights lie as (row, column, channel)."""
    height, width = pair_of(kernel_size, "kernel_size")
    columns = right.im2col(image, kernel_size, stride, dilation)
    return columns.reshape(height * width, image.shape[2], -1).swapaxes(0, 1).reshape(columns.shape)


@IM2COL.add("kernel-rows-and-columns-swapped", section=MATRIX)
def kernel_rows_and_columns_swapped(image, kernel_size, stride=1, dilation=1):
    """Within a column the window was read column by column; the kernel's order is row by row."""
    height, width = pair_of(kernel_size, "kernel_size")
    columns = right.im2col(image, kernel_size, stride, dilation)
    return columns.reshape(height, width, image.shape[2], -1).swapaxes(0, 1).reshape(columns.shape)


@IM2COL.add("positions-column-by-column", section=MATRIX)
def positions_column_by_column(image, kernel_size, stride=1, dilation=1):
    """The windows follow each other down the columns; positions go row by row, as one reads."""
    stride_pair, dilation_pair = pair_of(stride, "stride"), pair_of(dilation, "dilation")
    size = pair_of(kernel_size, "kernel_size")
    down, to_the_right = window_counts(np.asarray(image)[np.newaxis], size, stride_pair, dilation_pair)
    columns = right.im2col(image, kernel_size, stride, dilation)
    return columns.reshape(-1, down, to_the_right).swapaxes(1, 2).reshape(columns.shape)


@IM2COL.add("transposed-matrix", section=MATRIX)
def transposed_matrix(solve, image, kernel_size, stride=1, dilation=1):
    """The matrix is transposed: one window is a column, not a row."""
    return solve(image, kernel_size, stride, dilation).T


@IM2COL.add("reshape-for-transpose", section=MATRIX)
def reshape_for_transpose(solve, image, kernel_size, stride=1, dilation=1):
    """The matrix has the right shape and its numbers in the wrong order: windows were rows, and `reshape` made them
    columns. Only a transposition moves a number from row to column."""
    columns = solve(image, kernel_size, stride, dilation)
    return columns.T.reshape(columns.shape)


@IM2COL.add("windows-missing", section=SIZES, price=SIZES_WRONG)
def windows_missing(image, kernel_size, stride=1, dilation=1):
    """The last window is missing in each direction: where the steps are counted, one window more is there."""
    size, strides, spread = (pair_of(value, "") for value in (kernel_size, stride, dilation))
    down, to_the_right = window_counts(as_batch(image), size, strides, spread)
    columns = right.im2col(image, kernel_size, stride, dilation)
    return columns.reshape(-1, down, to_the_right)[:, :-1, :-1].reshape(len(columns), -1)


@IM2COL.add("windows-without-stride", section=MATRIX)
def windows_without_stride(solve, image, kernel_size, stride=1, dilation=1):
    """Every window is in the matrix, whatever the stride: only every stride-th place has one."""
    return solve(image, kernel_size, 1, dilation)


@IM2COL.add("matrix-without-dilation", section=MATRIX)
def matrix_without_dilation(solve, image, kernel_size, stride=1, dilation=1):
    """The dilation makes no difference in your matrix: neighbouring taps read pixels that lie `dilation` apart."""
    return solve(image, kernel_size, stride, 1)


@IM2COL.add("stride-one-for-both", section=MATRIX)
def columns_with_one_stride(solve, image, kernel_size, stride=1, dilation=1):
    """The first number of the stride was used in both directions; the second one is that to the right."""
    return solve(image, kernel_size, pair_of(stride, "stride")[0], dilation)


IM2COL.add_source(
    "too-slow",
    "The matrix is right, and it takes more than twice the CPU time that it could. Look for what can be copied for all "
    "windows at once, and copied once.",
    '''
import numpy as np


def im2col(image, kernel_size, stride=1, dilation=1):
    image = np.asarray(image)
    if image.ndim != 3:
        raise ValueError("image must have three dimensions")
    pair = lambda value: (value, value) if np.ndim(value) == 0 else tuple(value)
    (kh, kw), (sh, sw) = pair(kernel_size), pair(stride)
    for name, value in {"kernel_size": min(kh, kw), "stride": min(sh, sw), "dilation": dilation}.items():
        if value < 1:
            raise ValueError(name + " must be at least 1")
    h, w = dilation * (kh - 1) + 1, dilation * (kw - 1) + 1
    if h > image.shape[0] or w > image.shape[1]:
        raise ValueError("kernel_size is wider than the image")
    columns = []
    for r in range(0, image.shape[0] - h + 1, sh):
        for c in range(0, image.shape[1] - w + 1, sw):
            columns.append(image[r:r + h:dilation, c:c + w:dilation].ravel())
    return np.array(columns).T


def conv2d_im2col(x, kernels, bias=None, stride=1, padding="valid"):
    x = np.asarray(x)
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
    pads = [(0, 0), (0, 0)]
    if padding == "same":
        pads = []
        for size, window, step in zip(images.shape[1:3], kernels.shape[1:3], (sh, sw)):
            total = max((-(-size // step) - 1) * step + window - size, 0)
            pads.append((total // 2, total - total // 2))
    images = np.pad(images, [(0, 0), *pads, (0, 0)])
    height = (images.shape[1] - kernels.shape[1]) // sh + 1
    width = (images.shape[2] - kernels.shape[2]) // sw + 1
    if min(height, width) < 1:
        raise ValueError("kernel_size is wider than the padded image")
    result = np.zeros((len(images), height, width, len(kernels)), images.dtype)
    for n, image in enumerate(images):
        columns = im2col(image, kernels.shape[1:3], stride)
        result[n] = (kernels.reshape(len(kernels), -1) @ columns).T.reshape(height, width, -1)
    result += 0 if bias is None else np.asarray(bias, result.dtype)
    return result if x.ndim == 4 else result[0]
''',
    section=MATRIX,
)


CONV2D_IM2COL = Misconceptions("im2col", right.conv2d_im2col)


@CONV2D_IM2COL.add("product-not-rearranged", section=MATRIX)
def product_not_rearranged(image, kernels, bias=None, stride=1, padding="valid"):
    """The product has one row for each filter. It was reshaped without moving the filters to the last axis first."""
    result = right.conv2d_im2col(image, kernels, bias, stride, padding)
    rows = np.moveaxis(as_batch(result), 3, 1).reshape(len(as_batch(result)), len(kernels), -1)
    return rows.reshape(result.shape)


@CONV2D_IM2COL.add("maps-not-rearranged", section=MATRIX)
def maps_not_rearranged(image, kernels, bias=None, stride=1, padding="valid"):
    """The product has one row for each filter. It was reshaped to (rows, columns, filters) and not transposed first."""
    result = product_not_rearranged(image, kernels, None, stride, padding)
    return result if bias is None else result + np.asarray(bias, result.dtype)


@CONV2D_IM2COL.add("matrix-bias-forgotten", section=MATRIX)
def matrix_bias_forgotten(solve, image, kernels, bias=None, stride=1, padding="valid"):
    """The bias is not in the result: each filter adds its own one number to every place of its map."""
    return solve(image, kernels, None, stride, padding)


@CONV2D_IM2COL.add("matrix-kernel-flipped", section=LAYER)
def matrix_kernel_flipped(solve, image, kernels, bias=None, stride=1, padding="valid"):
    """The kernel was turned by 180 degrees. Mathematics calls that convolution; layers cross-correlate, unturned."""
    return solve(image, kernels[:, ::-1, ::-1], bias, stride, padding)


@CONV2D_IM2COL.add("matrix-flipped-up-down", section=LAYER)
def matrix_flipped_up_down(solve, image, kernels, bias=None, stride=1, padding="valid"):
    """The kernel stands on its head: its last row met the window's first. A layer lays it on the image as it is."""
    return solve(image, kernels[:, ::-1], bias, stride, padding)


@CONV2D_IM2COL.add("matrix-flipped-left-right", section=LAYER)
def matrix_flipped_left_right(solve, image, kernels, bias=None, stride=1, padding="valid"):
    """The kernel is mirrored: its last column met the window's first. A layer lays it on the image as it is."""
    return solve(image, kernels[:, :, ::-1], bias, stride, padding)


@CONV2D_IM2COL.add("kernels-channels-first", section=MATRIX)
def kernels_channels_first(solve, image, kernels, bias=None, stride=1, padding="valid"):
    """The weights met the wrong pixels: a kernel's row is in the order (channel, row, column), and a column of the
    matrix in the order (row, column, channel)."""
    return solve(image, np.moveaxis(kernels, 3, 1).reshape(kernels.shape), bias, stride, padding)


@CONV2D_IM2COL.add("kernels-reshaped", section=MATRIX)
def kernels_reshaped(solve, image, kernels, bias=None, stride=1, padding="valid"):
    """The kernels were reshaped to (weights, filters) and not transposed, so the filters share out their weights."""
    weights = kernels.reshape(-1, len(kernels)).T
    return solve(image, weights.reshape(kernels.shape), bias, stride, padding)


@CONV2D_IM2COL.add("matrix-padding-ignored", section=PADDING)
def matrix_padding_ignored(solve, image, kernels, bias=None, stride=1, padding="valid"):
    """With padding "same" nothing was padded; that is what "valid" means."""
    return solve(image, kernels, bias, stride, "valid")


@CONV2D_IM2COL.add("matrix-symmetric-padding", section=PADDING)
def matrix_symmetric_padding(image, kernels, bias=None, stride=1, padding="valid"):
    """For "same", (k - 1) // 2 pixels went on both sides: right for an odd kernel at stride 1, and for nothing else."""
    return layer_pads_symmetrically(image, kernels, bias, stride, padding)


@CONV2D_IM2COL.add("matrix-odd-pixel-before", section=PADDING)
def matrix_pads_before(image, kernels, bias=None, stride=1, padding="valid"):
    """When "same" padding is an odd number of pixels, the extra one goes after the image; you have it before."""
    return layer_pads_before(image, kernels, bias, stride, padding)


@CONV2D_IM2COL.add("matrix-stride-ignored", section=MATRIX)
def matrix_stride_ignored(solve, image, kernels, bias=None, stride=1, padding="valid"):
    """The stride makes no difference in your result: the window must move on by that many pixels."""
    return solve(image, kernels, bias, 1, padding)


@CONV2D_IM2COL.add("only-the-first-image", section=MATRIX)
def only_the_first_image(image, kernels, bias=None, stride=1, padding="valid"):
    """All images of the batch got the result of the first one."""
    result = right.conv2d_im2col(image, kernels, bias, stride, padding)
    return np.broadcast_to(result[:1], result.shape).copy() if np.ndim(image) == 4 and len(result) else result


@CONV2D_IM2COL.add("matrix-integer-result", section=LAYER, price=ONE_POINT)
def matrix_integer_result(image, kernels, bias=None, stride=1, padding="valid"):
    """The result was written into an array of the image's integer type, which cuts off everything after the point."""
    return integer_result(image, kernels, bias, stride, padding)
