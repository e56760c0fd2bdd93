"""Wrong turns with the layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.checks.api import Misconceptions

from ..output_size.misconceptions import SIZES
from ..same_padding.misconceptions import PADDING, odd_pixel_before, padding_without_stride, symmetric_padding
from ..same_padding.reference import same_padding
from . import reference as right

LAYER = "Cross-correlation"


def as_layer(solve: Callable[..., Any]) -> Mapping[str, Any]:
    """A class `Conv2D` whose forward pass is `solve`, a function with the signature of the reference `conv2d`."""

    class Conv2D:
        def __init__(self, filters, kernel_size, stride=1, padding="valid", dilation=1):
            self.size = (kernel_size, kernel_size) if np.ndim(kernel_size) == 0 else kernel_size
            self.options = {"stride": stride, "padding": padding, "dilation": dilation}
            self.kernels, self.bias = None, np.zeros(max(filters, 0))  # `solve` refuses what is out of range

        def forward(self, image):
            images = right.as_batch(image)
            if self.kernels is None:
                self.kernels = np.random.default_rng().normal(size=(len(self.bias), *self.size, images.shape[3]))
            return solve(image, self.kernels, self.bias, **self.options)

    return {"Conv2D": Conv2D}


CONV2D = Misconceptions("conv2d", right.conv2d, student=as_layer)


@CONV2D.add("flipped-kernel", section=LAYER)
def flipped_kernel(solve, image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The kernel was turned by 180 degrees. Mathematics calls that convolution; layers cross-correlate, unturned."""
    return solve(image, kernels[:, ::-1, ::-1], bias, stride, padding, dilation)


@CONV2D.add("flipped-up-down", section=LAYER)
def flipped_up_down(solve, image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The kernel stands on its head: its last row met the window's first. A layer lays it on the image as it is."""
    return solve(image, kernels[:, ::-1], bias, stride, padding, dilation)


@CONV2D.add("flipped-left-right", section=LAYER)
def flipped_left_right(solve, image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The kernel is mirrored: its last column met the window's first. A layer lays it on the image as it is."""
    return solve(image, kernels[:, :, ::-1], bias, stride, padding, dilation)


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
    if len(channels) == 1:
        return right.conv2d(image, kernels, *options)
    apart = [right.conv2d(image[..., c : c + 1], kernels[..., c : c + 1], *options) for c in channels]
    return np.stack(apart, axis=-1)


@CONV2D.add("mean-for-sum", section=LAYER)
def mean_for_sum(solve, image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """Each number of your result is the mean of the products, pixel times weight; a layer takes their sum."""
    numbers = max(kernels[:1].size, 1)
    return solve(image, kernels / numbers, bias, stride, padding, dilation)


@CONV2D.add("mean-over-channels", section=LAYER)
def mean_over_channels(solve, image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The channels were averaged. The products of all channels are added up, as those of the window are."""
    return solve(image, kernels / max(kernels.shape[3], 1), bias, stride, padding, dilation)


@CONV2D.add("relu-inside", section=LAYER)
def relu_inside(image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """Negative numbers became 0 in your result. That is what an activation does after the layer, not the layer."""
    return np.maximum(right.conv2d(image, kernels, bias, stride, padding, dilation), 0)


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


def windows_left_out(image, kernels, bias, stride, padding, dilation, fewer: Callable[[int, int], int]) -> np.ndarray:
    """The right result without its last windows: `fewer`, of the steps' pixels and the stride, says how many along an
    axis."""
    images = right.as_batch(image)
    strides, dilations = right.pair_of(stride, "stride"), right.pair_of(dilation, "dilation")
    padded = right.pad_images(images, kernels.shape[1:3], strides, padding, dilations)
    result = right.conv2d(image, kernels, bias, stride, padding, dilation)
    for a in (0, 1):
        steps = padded.shape[1 + a] - dilations[a] * (kernels.shape[1 + a] - 1) - 1
        result = np.take(result, range(result.shape[a - 3] - fewer(steps, strides[a])), axis=a - 3)
    return result


@CONV2D.add("last-window-missing", section=SIZES)
def last_window_missing(image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The last window that still fits was left out: it may start at size - window, and a range ends before its end."""
    return windows_left_out(image, kernels, bias, stride, padding, dilation, lambda steps, step: steps % step == 0)


@CONV2D.add("first-window-forgotten", section=SIZES)
def first_window_forgotten(image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """A window is missing in each direction: the steps were counted, and before the first step there is one already."""
    return windows_left_out(image, kernels, bias, stride, padding, dilation, lambda steps, step: 1)


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
        return odd_pixel_before(same_padding, *args)

    return padded_by(pads, image, kernels, bias, stride, padding, dilation)


@CONV2D.add("padding-without-stride", section=PADDING)
def layer_pads_without_stride(image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The "same" padding was computed as if the stride were 1, so every window starts too far up and left."""

    def pads(*args):
        return padding_without_stride(same_padding, *args)

    return padded_by(pads, image, kernels, bias, stride, padding, dilation)


@CONV2D.add("edge-padding", section=PADDING)
def edge_padding(image, kernels, bias=None, stride=1, padding="valid", dilation=1):
    """The border was filled with copies of the edge pixels; "same" padding is filled with zeros."""
    return padded_by(same_padding, image, kernels, bias, stride, padding, dilation, mode="edge")


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
            if not len(image):
                return self.forward(np.zeros(image.shape[1:], image.dtype))[None][:0]
            return np.stack([self.forward(one) for one in image])
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
        "        if self.kernels is None:", "        given[...] = 0\n        if self.kernels is None:"
    ).replace("        image = np.asarray(image)\n", "        given = image = np.asarray(image)\n"),
    section=LAYER,
)
CONV2D.add_source(
    "first-result-kept",
    "Your layer gave its first result again for another image of the same shape.",
    layer_with("dilation, None, np.zeros(filters)", "dilation, None, np.zeros(filters)\n        self.results = {}")
    .replace("    def forward(self, image):", """    def forward(self, image):
        if np.shape(image) not in self.results:
            self.results[np.shape(image)] = self.compute(image)
        return self.results[np.shape(image)].copy()

    def compute(self, image):""")
    .replace("[self.forward(one) for one in image]", "[self.compute(one) for one in image]"),
    section=LAYER,
)
CONV2D.add_source(
    "only-a-single-number",
    "Your layer takes one number and cannot take a pair: kernel_size and stride may also be (down, right).",
    layer_with("pair = lambda value: (value, value) if np.ndim(value) == 0 else tuple(value)",
               "pair = lambda value: (value + 0, value + 0)"),
    section=LAYER, raises="TypeError",
)
CONV2D.add_source(
    "kernels-drawn-again",
    "The kernels were drawn again in the second forward pass; what a network has learned would be lost.",
    layer_with("        if self.kernels is None:\n", "        if True:\n"), section=LAYER,
    price="kernels that are set and then drawn again compute nothing that could be compared",
)
CONV2D.add_source(
    "kernels-all-alike",
    "All weights of the fresh kernels are the same number. Filters that start alike stay alike; draw them at random.",
    layer_with("np.random.default_rng().normal(size=(len(self.bias), *self.size, image.shape[2]))",
               "np.ones((len(self.bias), *self.size, image.shape[2]))"),
    section=LAYER, price="how kernels are drawn is one line of the layer, and everything else is right",
)
