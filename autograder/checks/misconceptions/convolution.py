"""Wrong turns in assignment 01: sizes and padding. (The layer, the matrix product and the rest lie beside.)"""

from __future__ import annotations

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
