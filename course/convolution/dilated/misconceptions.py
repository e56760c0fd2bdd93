"""Wrong turns with dilated kernels."""

from __future__ import annotations

import numpy as np

from autograder.checks.api import Misconceptions

from . import reference as right

DILATION = "Dilation"

ONE_IDEA = "no kernel of more than one tap is right then, whichever way it is spread"

DILATE_KERNEL = Misconceptions("dilated", right.dilate_kernel)


@DILATE_KERNEL.add("zeros-after-the-last-tap", section=DILATION, price=ONE_IDEA)
def zeros_after_the_last_tap(solve, kernel, dilation):
    """Zeros follow the last tap, too. They belong between taps: k of them have k - 1 gaps."""
    result = solve(kernel, dilation)
    first = np.ndim(kernel) // 4
    pads = [(0, dilation - 1) if axis in (first, first + 1) else (0, 0) for axis in range(np.ndim(kernel))]
    return np.pad(result, pads)


@DILATE_KERNEL.add("one-zero-too-many", section=DILATION, price=ONE_IDEA)
def one_zero_too_many(solve, kernel, dilation):
    """There are `dilation` zeros between two taps. With dilation 1 there are none, with dilation 2 there is one."""
    return solve(kernel, dilation + 1)


@DILATE_KERNEL.add("taps-repeated", section=DILATION, price=ONE_IDEA)
def taps_repeated(kernel, dilation):
    """The taps were repeated, which is enlarging the kernel; dilation puts zeros between them."""
    first = np.ndim(kernel) // 4
    enlarged = np.repeat(np.repeat(kernel, dilation, axis=first), dilation, axis=first + 1)
    sizes = [dilation * (kernel.shape[first + a] - 1) + 1 for a in (0, 1)]
    return enlarged[(slice(None),) * first + (slice(sizes[0]), slice(sizes[1]))]


@DILATE_KERNEL.add("dilated-down-only", section=DILATION)
def dilated_down_only(kernel, dilation):
    """The zeros came between the rows only; the columns spread as well."""
    first = np.ndim(kernel) // 4
    return right.dilate_kernel(kernel, dilation)[(slice(None),) * (first + 1) + (slice(None, None, dilation),)]


@DILATE_KERNEL.add("dilated-to-the-right-only", section=DILATION)
def dilated_to_the_right_only(kernel, dilation):
    """The zeros came between the columns only; the rows spread as well."""
    first = np.ndim(kernel) // 4
    return right.dilate_kernel(kernel, dilation)[(slice(None),) * first + (slice(None, None, dilation),)]


@DILATE_KERNEL.add("last-axes-dilated", section=DILATION)
def last_axes_dilated(kernel, dilation):
    """The wrong axes were spread. In (filters, kh, kw, channels) the taps lie along the second and the third."""
    if np.ndim(kernel) == 2:
        return right.dilate_kernel(kernel, dilation)
    spread = np.zeros((*kernel.shape[:2], *(dilation * (n - 1) + 1 for n in kernel.shape[2:])), kernel.dtype)
    spread[:, :, ::dilation, ::dilation] = kernel
    return spread
