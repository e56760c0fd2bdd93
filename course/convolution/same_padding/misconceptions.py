"""Wrong turns with "same" padding."""

from __future__ import annotations

from autograder.checks.api import Misconceptions

from . import reference as right

PADDING = "Padding"

SAME_PADDING = Misconceptions("same-padding", right.same_padding)


@SAME_PADDING.add("symmetric-same-padding", section=PADDING)
def symmetric_padding(size, kernel, stride=1, dilation=1):
    """(k - 1) // 2 pixels went on both sides. That is right for an odd kernel at stride 1 and for nothing else."""
    right.same_padding(size, kernel, stride, dilation)
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


@SAME_PADDING.add("padding-for-kernel-times-dilation", section=PADDING)
def padding_for_kernel_times_dilation(size, kernel, stride=1, dilation=1):
    """A dilated window was taken to cover kernel x dilation pixels. Between k taps lie only k - 1 gaps."""
    right.same_padding(size, kernel, stride, dilation)
    return right.same_padding(size, kernel * dilation, stride, 1)


@SAME_PADDING.add("same-size-rounded-down", section=PADDING)
def same_size_rounded_down(size, kernel, stride=1, dilation=1):
    """You aimed at size / stride windows rounded down; with "same" padding it is rounded up, so no pixel is lost."""
    right.same_padding(size, kernel, stride, dilation)
    windows = size // stride
    total = max((windows - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
    return total // 2, total - total // 2


@SAME_PADDING.add("negative-padding", section=PADDING)
def negative_padding(size, kernel, stride=1, dilation=1):
    """The windows need fewer pixels than there are, and your padding came out negative; then it is simply 0."""
    right.same_padding(size, kernel, stride, dilation)
    total = (-(-size // stride) - 1) * stride + dilation * (kernel - 1) + 1 - size
    return total // 2, total - total // 2


@SAME_PADDING.add("odd-pixel-lost", section=PADDING)
def odd_pixel_lost(solve, size, kernel, stride=1, dilation=1):
    """Half of the zeros, rounded down, went on both sides; where their number is odd, one more goes after the image."""
    before, _ = solve(size, kernel, stride, dilation)
    return before, before


@SAME_PADDING.add("all-zeros-on-both-sides", section=PADDING, price="neither side has the zeros that it should have")
def all_zeros_on_both_sides(solve, size, kernel, stride=1, dilation=1):
    """All zeros went before the image, and as many after it: both sides share them."""
    total = sum(solve(size, kernel, stride, dilation))
    return total, total
