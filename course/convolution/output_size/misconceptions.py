"""Wrong turns with the size of the result."""

from __future__ import annotations

from autograder.checks.api import Misconceptions

from . import reference as right

SIZES = "How large is the result?"

OUTPUT_SIZE = Misconceptions("output-size", right.output_size)


@OUTPUT_SIZE.add("ceil-instead-of-floor", section=SIZES)
def size_rounded_up(size, kernel, stride=1, padding=0, dilation=1):
    """The last window that does not fit any more was counted too: the division was rounded up, not down."""
    right.output_size(size, kernel, stride, padding, dilation)
    return -(((kernel - 1) * dilation + 1 - size - 2 * padding) // stride) + 1


@OUTPUT_SIZE.add("size-not-rounded", section=SIZES)
def size_not_rounded(size, kernel, stride=1, padding=0, dilation=1):
    """The size is not rounded. A number of windows is a whole number: what does not fit is left away (`//`)."""
    right.output_size(size, kernel, stride, padding, dilation)
    return (size + 2 * padding - (kernel - 1) * dilation - 1) / stride + 1


@OUTPUT_SIZE.add("first-window-forgotten", section=SIZES, price="no size is right then")
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
