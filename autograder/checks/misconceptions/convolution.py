"""Wrong turns in assignment 01."""

from __future__ import annotations

from ..diagnosis import Misconceptions
from ..reference import convolution as right

OUTPUT_SIZE = Misconceptions("output-size", right.output_size)


@OUTPUT_SIZE.add("ceil-instead-of-floor", section="How large is the result?")
def ceil_instead_of_floor(size, kernel, stride=1, padding=0, dilation=1):
    """The last window that does not fit any more was counted too: the division was rounded up, not down."""
    right.output_size(size, kernel, stride, padding, dilation)
    return -((kernel - 1) * dilation + 1 - size - 2 * padding) // stride + 1


@OUTPUT_SIZE.add("dilation-applied-to-the-stride", section="How large is the result?")
def dilation_applied_to_the_stride(solve, size, kernel, stride=1, padding=0, dilation=1):
    """The dilation was applied to the stride; it spreads the taps of the kernel, and the windows stay as close."""
    return solve(size, kernel, stride * dilation, padding, 1)
