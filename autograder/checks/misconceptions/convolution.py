"""Wrong turns in assignment 01: sizes and padding, the layer, the matrix product."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..diagnosis import Misconceptions
from ..reference import convolution as right

SIZES = "How large is the result?"
PADDING = "Padding"
LAYER = "Cross-correlation"
MATRIX = "Convolution as one matrix product"


OUTPUT_SIZE = Misconceptions("output-size", right.output_size)


@OUTPUT_SIZE.add("ceil-instead-of-floor", section=SIZES)
def size_rounded_up(size, kernel, stride=1, padding=0, dilation=1):
    """The last window that does not fit any more was counted too: the division was rounded up, not down."""
    right.output_size(size, kernel, stride, padding, dilation)
    return -(((kernel - 1) * dilation + 1 - size - 2 * padding) // stride) + 1


@OUTPUT_SIZE.add("float-size", section=SIZES)
def float_size(size, kernel, stride=1, padding=0, dilation=1):
    """The size is a float. A number of windows is a whole number, and `/` gives a float even when it fits exactly."""
    right.output_size(size, kernel, stride, padding, dilation)
    return (size + 2 * padding - (kernel - 1) * dilation - 1) / stride + 1


@OUTPUT_SIZE.add("first-window-forgotten", section=SIZES)
def first_window_forgotten(solve, size, kernel, stride=1, padding=0, dilation=1):
    """The steps of the window were counted, not its places: before the first step it already stands somewhere."""
    return solve(size, kernel, stride, padding, dilation) - 1


@OUTPUT_SIZE.add("padding-on-one-side", section=SIZES)
def padding_on_one_side(size, kernel, stride=1, padding=0, dilation=1):
    """The padding was counted once; `padding` pixels are added before the image and as many after it."""
    right.output_size(size, kernel, stride, padding, dilation)
    return (size + padding - (kernel - 1) * dilation - 1) // stride + 1


@OUTPUT_SIZE.add("dilation-applied-to-the-stride", section=SIZES)
def size_dilated_stride(solve, size, kernel, stride=1, padding=0, dilation=1):
    """The dilation was applied to the stride; it spreads the taps of the kernel, and the windows stay as close."""
    return solve(size, kernel, stride * dilation, padding, 1)


@OUTPUT_SIZE.add("dilation-times-kernel", section=SIZES)
def dilation_times_kernel(size, kernel, stride=1, padding=0, dilation=1):
    """A dilated window was taken to cover kernel x dilation pixels. Between k taps lie only k - 1 gaps."""
    right.output_size(size, kernel, stride, padding, dilation)
    return (size + 2 * padding - kernel * dilation) // stride + 1


@OUTPUT_SIZE.add("size-without-dilation", section=SIZES)
def size_without_dilation(solve, size, kernel, stride=1, padding=0, dilation=1):
    """The dilation makes no difference in your result; a dilated window covers more pixels, so fewer fit."""
    return solve(size, kernel, stride, padding, 1)


SAME_PADDING = Misconceptions("same-padding", right.same_padding)


@SAME_PADDING.add("symmetric-same-padding", section=PADDING)
def symmetric_padding(size, kernel, stride=1, dilation=1):
    """(k - 1) // 2 pixels went on both sides. That is right for an odd kernel at stride 1 and for nothing else."""
    half = dilation * (kernel - 1) // 2
    return half, half


@SAME_PADDING.add("odd-pixel-before", section=PADDING)
def odd_pixel_before(solve, size, kernel, stride=1, dilation=1):
    """When the padding is an odd number of pixels, the extra one goes after the image; you have it before."""
    return tuple(reversed(solve(size, kernel, stride, dilation)))


@SAME_PADDING.add("padding-without-stride", section=PADDING)
def padding_without_stride(solve, size, kernel, stride=1, dilation=1):
    """You padded as if the stride were 1. A larger stride has fewer windows, and what they need is less padding."""
    return solve(size, kernel, 1, dilation)


@SAME_PADDING.add("padding-without-dilation", section=PADDING)
def padding_without_dilation(solve, size, kernel, stride=1, dilation=1):
    """You padded for the kernel as it is; dilated, its window covers dilation x (kernel - 1) + 1 pixels."""
    return solve(size, kernel, stride, 1)


@SAME_PADDING.add("same-size-rounded-down", section=PADDING)
def same_size_rounded_down(size, kernel, stride=1, dilation=1):
    """You aimed at size / stride windows rounded down; with "same" padding it is rounded up, so no pixel is lost."""
    windows = size // stride
    total = max((windows - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
    return total // 2, total - total // 2


@SAME_PADDING.add("negative-padding", section=PADDING)
def negative_padding(size, kernel, stride=1, dilation=1):
    """The windows need fewer pixels than there are, and your padding came out negative; then it is simply 0."""
    total = (-(-size // stride) - 1) * stride + dilation * (kernel - 1) + 1 - size
    return total // 2, total - total // 2


def as_layer(solve: Callable[..., Any]) -> Mapping[str, Any]:
    """A class `Conv2D` whose forward pass is `solve`, a function with the signature of the reference `conv2d`."""

    class Conv2D:
        def __init__(self, filters, kernel_size, stride=1, padding="valid", dilation=1):
            self.size = right.pair_of(kernel_size, "kernel_size")
            right.pair_of(stride, "stride"), right.pair_of(dilation, "dilation"), right.pair_of(filters, "filters")
            if padding not in ("valid", "same"):
                raise ValueError(f'padding must be "valid" or "same", not {padding!r}')
            self.options = {"stride": stride, "padding": padding, "dilation": dilation}
            self.kernels, self.bias = None, np.zeros(filters)

        def forward(self, image):
            images = right.as_batch(image)
            if self.kernels is None:
                shape = (len(self.bias), *self.size, images.shape[3])
                self.kernels = np.random.default_rng().normal(0, np.sqrt(2 / np.prod(shape[1:])), shape)
            return solve(image, self.kernels, self.bias, **self.options)

    return {"Conv2D": Conv2D}


CONV2D = Misconceptions("conv2d", right.conv2d, student=as_layer)


@CONV2D.add("flipped-kernel", section=LAYER)
def flipped_kernel(solve, image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The kernel was turned by 180 degrees. Mathematics calls that convolution; layers cross-correlate, unturned."""
    return solve(image, kernels[:, ::-1, ::-1], bias, stride, padding, dilation)


@CONV2D.add("transposed-kernel", section=LAYER)
def transposed_kernel(image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The kernel's rows and columns changed places: its first axis goes down the image, its second to the right."""
    return right.conv2d(image, np.swapaxes(kernels, 1, 2), bias, stride, padding, dilation)


@CONV2D.add("only-the-first-channel", section=LAYER)
def only_the_first_channel(solve, image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """Only the first channel was read. A kernel has weights for every channel, and their products are added up."""
    return solve(image[..., :1], kernels[..., :1], bias, stride, padding, dilation)


@CONV2D.add("channels-not-summed", section=LAYER)
def channels_not_summed(image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """You summed over the window but kept the channels apart. One filter makes one number for each window."""
    options = (bias, stride, padding, dilation)
    channels = range(np.shape(image)[-1])
    apart = [right.conv2d(image[..., c : c + 1], kernels[..., c : c + 1], *options) for c in channels]
    return np.stack(apart, axis=-1)


@CONV2D.add("one-kernel-for-all-filters", section=LAYER)
def one_kernel_for_all_filters(solve, image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """Every map of your result comes from the first kernel; each filter has a kernel of its own."""
    return solve(image, np.repeat(kernels[:1], len(kernels), axis=0), bias, stride, padding, dilation)


@CONV2D.add("bias-forgotten", section=LAYER)
def bias_forgotten(solve, image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The bias is not in the result: each filter adds its own one number to every place of its map."""
    return solve(image, kernels, None, stride, padding, dilation)


@CONV2D.add("bias-for-every-tap", section=LAYER)
def bias_for_every_tap(solve, image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The bias was added once for every tap of the kernel; it is added once for each window."""
    taps = kernels.shape[1] * kernels.shape[2]
    return solve(image, kernels, None if bias is None else bias * taps, stride, padding, dilation)


@CONV2D.add("stride-only-down", section=LAYER)
def stride_only_down(solve, image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The stride was used from row to row and forgotten from column to column."""
    return solve(image, kernels, bias, (right.pair_of(stride, "stride")[0], 1), padding, dilation)


@CONV2D.add("stride-only-right", section=LAYER)
def stride_only_right(solve, image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The stride was used from column to column and forgotten from row to row."""
    return solve(image, kernels, bias, (1, right.pair_of(stride, "stride")[1]), padding, dilation)


@CONV2D.add("one-stride-for-both", section=LAYER)
def one_stride_for_both(solve, image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The first number of the stride was used in both directions; the second one is that to the right."""
    return solve(image, kernels, bias, right.pair_of(stride, "stride")[0], padding, dilation)


@CONV2D.add("stride-swapped", section=LAYER)
def stride_swapped(solve, image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The two strides changed places: the first number goes down the rows, the second to the right."""
    return solve(image, kernels, bias, right.pair_of(stride, "stride")[::-1], padding, dilation)


@CONV2D.add("height-and-width-swapped", section=LAYER)
def height_and_width_swapped(image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """Height and width changed places in the result: rows come first, as in the image."""
    return np.swapaxes(right.conv2d(image, kernels, bias, stride, padding, dilation), -3, -2)


@CONV2D.add("windows-rounded-up", section=SIZES)
def windows_rounded_up(image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """Windows that stick out of the image were counted too: the number of windows is rounded down."""
    images = right.as_batch(image)
    strides, dilations = right.pair_of(stride, "stride"), right.pair_of(dilation, "dilation")
    padded = right.pad_images(images, kernels.shape[1:3], strides, padding, dilations)
    windows = [dilation * (taps - 1) + 1 for taps in kernels.shape[1:3]]
    more = [(0, -(padded.shape[1 + a] - windows[a]) % strides[a]) for a in (0, 1)]
    result = right.conv2d(np.pad(padded, ((0, 0), *more, (0, 0))), kernels, bias, stride, "valid", dilation)
    return result if np.ndim(image) == 4 else result[0]


def padded_by(
    pads: Callable[[int, int, int, int], tuple[int, int]], image, kernels, bias, stride, padding, dilation, **how
) -> np.ndarray:
    """The right convolution after a "same" padding of another kind: `pads` for each axis, `how` for np.pad."""
    if padding != "same":
        return right.conv2d(image, kernels, bias, stride, padding, dilation)
    strides, first = right.pair_of(stride, "stride"), np.ndim(image) - 3
    widths = [pads(np.shape(image)[first + a], kernels.shape[1 + a], strides[a], dilation) for a in (0, 1)]
    image = np.pad(image, [(0, 0)] * first + widths + [(0, 0)], **how)
    return right.conv2d(image, kernels, bias, stride, "valid", dilation)


@CONV2D.add("symmetric-same-padding", section=PADDING)
def layer_pads_symmetrically(image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """For "same", (k - 1) // 2 pixels went on both sides: right for an odd kernel at stride 1, and for nothing else."""
    return padded_by(symmetric_padding, image, kernels, bias, stride, padding, dilation)


@CONV2D.add("odd-pixel-before", section=PADDING)
def layer_pads_before(image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """When "same" padding is an odd number of pixels, the extra one goes after the image; you have it before."""

    def pads(*args):
        return odd_pixel_before(right.same_padding, *args)

    return padded_by(pads, image, kernels, bias, stride, padding, dilation)


@CONV2D.add("padding-without-stride", section=PADDING)
def layer_pads_without_stride(image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The "same" padding was computed as if the stride were 1, so every window starts too far up and left."""

    def pads(*args):
        return padding_without_stride(right.same_padding, *args)

    return padded_by(pads, image, kernels, bias, stride, padding, dilation)


@CONV2D.add("edge-padding", section=PADDING)
def edge_padding(image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The border was filled with copies of the edge pixels; "same" padding is filled with zeros."""
    return padded_by(right.same_padding, image, kernels, bias, stride, padding, dilation, mode="edge")


@CONV2D.add("padding-ignored", section=PADDING)
def padding_ignored(solve, image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """With padding "same" nothing was padded in your layer; that is what "valid" means."""
    return solve(image, kernels, bias, stride, "valid", dilation)


@CONV2D.add("dilation-applied-to-the-stride", section=LAYER)
def dilation_applied_to_the_stride(solve, image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The dilation was applied to the stride; it spreads the taps of the kernel, and the windows stay as close."""
    down, to_the_right = right.pair_of(stride, "stride")
    return solve(image, kernels, bias, (down * dilation, to_the_right * dilation), padding, 1)


@CONV2D.add("dilation-ignored", section=LAYER)
def dilation_ignored(solve, image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The dilation makes no difference in your layer: the taps of the kernel still lie side by side."""
    return solve(image, kernels, bias, stride, padding, 1)


@CONV2D.add("integer-result", section=LAYER)
def integer_result(image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The result was written into an array of the image's integer type, which cuts off everything after the point."""
    result = right.conv2d(image, kernels, bias, stride, padding, dilation)
    with np.errstate(invalid="ignore"):
        return result.astype(np.asarray(image).dtype) if np.asarray(image).dtype.kind in "iub" else result


@CONV2D.add("not-finite-replaced", section=LAYER)
def not_finite_replaced(solve, image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """NaN and infinity were replaced on the way. A layer hands them on, or nobody would notice the broken pixel."""
    return solve(np.nan_to_num(image), kernels, bias, stride, padding, dilation)


LAYER_SOURCE = '''
import numpy as np


class Conv2D:
    def __init__(self, filters, kernel_size, stride=1, padding="valid", dilation=1):
        pair = lambda value: (value, value) if np.ndim(value) == 0 else tuple(value)
        self.size, self.stride = pair(kernel_size), pair(stride)
        for name, value in {"filters": filters, "kernel_size": min(self.size), "stride": min(self.stride),
                            "dilation": dilation}.items():
            if value < 1:
                raise ValueError(name + " must be at least 1")
        if padding not in ("valid", "same"):
            raise ValueError("padding must be valid or same")
        self.padding, self.dilation, self.kernels, self.bias = padding, dilation, None, np.zeros(filters)

    def forward(self, image):
        image = np.asarray(image)
        if image.ndim == 4:
            rest = (-(-image.shape[1] // self.stride[0]), -(-image.shape[2] // self.stride[1]))
            empty = np.zeros((0, *rest, len(self.bias)))
            return np.stack([self.forward(one) for one in image]) if len(image) else empty
        if image.ndim != 3:
            raise ValueError("image must have height, width and channels")
        image = image.astype(np.float32 if image.dtype == np.float32 else np.float64)
        if self.kernels is None:
            self.kernels = np.random.default_rng().normal(size=(len(self.bias), *self.size, image.shape[2]))
        if image.shape[2] != self.kernels.shape[3]:
            raise ValueError("image has other channels than the kernels")
        height, width = [self.dilation * (k - 1) + 1 for k in self.size]
        if self.padding == "same":
            pads = []
            for size, window, stride in zip(image.shape, (height, width), self.stride):
                total = max((-(-size // stride) - 1) * stride + window - size, 0)
                pads.append((total // 2, total - total // 2))
            image = np.pad(image, pads + [(0, 0)])
        if height > image.shape[0] or width > image.shape[1]:
            raise ValueError("kernel_size is wider than the padded image")
        rows = range(0, image.shape[0] - height + 1, self.stride[0])
        columns = range(0, image.shape[1] - width + 1, self.stride[1])
        result = np.empty((len(rows), len(columns), len(self.bias)), image.dtype)
        for i, r in enumerate(rows):
            for j, c in enumerate(columns):
                window = image[r:r + height:self.dilation, c:c + width:self.dilation]
                result[i, j] = np.tensordot(self.kernels, window, 3) + self.bias
        return result
'''


def layer_with(old: str, new: str) -> str:
    """The layer above with one piece of its text exchanged."""
    if old not in LAYER_SOURCE:
        raise ValueError(f"the layer has no {old!r}")
    return LAYER_SOURCE.replace(old, new)


CONV2D.add_source(
    "always-float64",
    "A float32 image came back as another dtype. Twice the memory and half the speed are no gain in a network.",
    layer_with("np.float32 if image.dtype == np.float32 else np.float64", "np.float64"), section=LAYER,
)
CONV2D.add_source(
    "image-changed",
    "Your layer wrote into the image that it was given; whoever called it still needs that image.",
    layer_with(
        "        if self.kernels is None:",
        "        try:\n            given[...] = 0\n        except (ValueError, TypeError):\n            raise\n"
        "        if self.kernels is None:",
    ).replace("        image = np.asarray(image)\n", "        given = image = np.asarray(image)\n"),
    section=LAYER,
)
CONV2D.add_source(
    "only-a-single-number",
    "Your layer cannot take a pair: kernel_size and stride may be one number or (down, right).",
    layer_with("pair = lambda value: (value, value) if np.ndim(value) == 0 else tuple(value)",
               "pair = lambda value: (value + 0, value + 0)"),
    section=LAYER,
)
CONV2D.add_source(
    "only-python-ints",
    "A size that NumPy computed is an int too (numpy.int64), and your layer took it for a pair.",
    layer_with("if np.ndim(value) == 0", "if type(value) is int"), section=LAYER,
)
CONV2D.add_source(
    "kernels-drawn-again",
    "The kernels were drawn again in the second forward pass; what a network has learned would be lost.",
    layer_with("        if self.kernels is None:\n", "        if True:\n"), section=LAYER,
)
CONV2D.add_source(
    "kernels-all-alike",
    "All weights of the fresh kernels are the same number. Filters that start alike stay alike; draw them at random.",
    layer_with("np.random.default_rng().normal(size=(len(self.bias), *self.size, image.shape[2]))",
               "np.ones((len(self.bias), *self.size, image.shape[2]))"),
    section=LAYER,
)


IM2COL = Misconceptions("im2col", right.im2col)


@IM2COL.add("channels-first-rows", section=MATRIX)
def channels_first_rows(image, kernel_size, stride=1, dilation=1):
    """The rows are in the order (channel, row, column); the kernel's weights lie as (row, column, channel)."""
    height, width = right.pair_of(kernel_size, "kernel_size")
    columns = right.im2col(image, kernel_size, stride, dilation)
    return columns.reshape(height * width, image.shape[2], -1).swapaxes(0, 1).reshape(columns.shape)


@IM2COL.add("kernel-rows-and-columns-swapped", section=MATRIX)
def kernel_rows_and_columns_swapped(image, kernel_size, stride=1, dilation=1):
    """Within a column the window was read column by column; the kernel's order is row by row."""
    height, width = right.pair_of(kernel_size, "kernel_size")
    columns = right.im2col(image, kernel_size, stride, dilation)
    return columns.reshape(height, width, image.shape[2], -1).swapaxes(0, 1).reshape(columns.shape)


@IM2COL.add("positions-column-by-column", section=MATRIX)
def positions_column_by_column(image, kernel_size, stride=1, dilation=1):
    """The windows follow each other down the columns; positions go row by row, as one reads."""
    stride_pair, dilation_pair = right.pair_of(stride, "stride"), right.pair_of(dilation, "dilation")
    size = right.pair_of(kernel_size, "kernel_size")
    down, to_the_right = right.window_counts(np.asarray(image)[np.newaxis], size, stride_pair, dilation_pair)
    columns = right.im2col(image, kernel_size, stride, dilation)
    return columns.reshape(-1, down, to_the_right).swapaxes(1, 2).reshape(columns.shape)


@IM2COL.add("transposed-matrix", section=MATRIX)
def transposed_matrix(solve, image, kernel_size, stride=1, dilation=1):
    """The matrix is transposed: one window is a column, not a row."""
    return solve(image, kernel_size, stride, dilation).T


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
    return solve(image, kernel_size, right.pair_of(stride, "stride")[0], dilation)


IM2COL.add_source(
    "window-by-window",
    "The matrix is right, but it was filled window by window (or number by number), which is slow in Python. Look for "
    "what can be copied for all windows at once.",
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
    rows = np.moveaxis(right.as_batch(result), 3, 1).reshape(len(right.as_batch(result)), len(kernels), -1)
    return rows.reshape(result.shape)


@CONV2D_IM2COL.add("matrix-bias-forgotten", section=MATRIX)
def matrix_bias_forgotten(solve, image, kernels, bias=None, stride=1, padding="valid"):
    """The bias is not in the result: each filter adds its own one number to every place of its map."""
    return solve(image, kernels, None, stride, padding)


@CONV2D_IM2COL.add("matrix-kernel-flipped", section=LAYER)
def matrix_kernel_flipped(solve, image, kernels, bias=None, stride=1, padding="valid"):
    """The kernel was turned by 180 degrees. Mathematics calls that convolution; layers cross-correlate, unturned."""
    return solve(image, kernels[:, ::-1, ::-1], bias, stride, padding)


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


@CONV2D_IM2COL.add("matrix-integer-result", section=LAYER)
def matrix_integer_result(image, kernels, bias=None, stride=1, padding="valid"):
    """The result was written into an array of the image's integer type, which cuts off everything after the point."""
    return integer_result(image, kernels, bias, stride, padding)
