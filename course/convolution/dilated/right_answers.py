"""Right answers by other ways."""

from __future__ import annotations

BY_KRONECKER = '''
import numpy as np


def dilate_kernel(kernel, dilation):
    if dilation <= 0:
        raise ValueError("dilation must be positive")
    unit = np.zeros((dilation, dilation))
    unit[0, 0] = 1
    if kernel.ndim == 2:
        spread = np.kron(kernel, unit)
        return spread[: spread.shape[0] - dilation + 1, : spread.shape[1] - dilation + 1]
    spread = np.kron(kernel, unit[None, :, :, None])
    return spread[:, : spread.shape[1] - dilation + 1, : spread.shape[2] - dilation + 1]
'''
TAP_BY_TAP = '''
import numpy as np


def dilate_kernel(kernel, dilation):
    if dilation < 1:
        raise ValueError(f"dilation: {dilation}")
    if np.ndim(kernel) == 4:
        planes = [[dilate_kernel(one[:, :, c], dilation) for c in range(one.shape[2])] for one in kernel]
        return np.array(planes).transpose(0, 2, 3, 1)
    height, width = kernel.shape
    rows = []
    for y in range(height + (height - 1) * (dilation - 1)):
        row = []
        for x in range(width + (width - 1) * (dilation - 1)):
            on_a_tap = y % dilation == 0 and x % dilation == 0
            row.append(kernel[y // dilation, x // dilation] if on_a_tap else 0.0)
        rows.append(row)
    return np.array(rows)
'''

ANSWERS = {"Kronecker product": BY_KRONECKER, "tap by tap": TAP_BY_TAP}

# Wrong in ways that have no name here.
WRONG = {
    "zeros after the last column": TAP_BY_TAP.replace("(width - 1) * (dilation - 1)", "width * (dilation - 1)"),
    "ones between the taps": TAP_BY_TAP.replace("else 0.0", "else 1.0"),
    "the last filter for all": TAP_BY_TAP.replace("for one in kernel]", "for one in [kernel[-1]] * len(kernel)]"),
    "the first tap is kept everywhere in its row": TAP_BY_TAP.replace(
        "kernel[y // dilation, x // dilation]", "kernel[y // dilation, 0]"
    ),
    "the given kernel is cleared": BY_KRONECKER.replace(
        "    unit[0, 0] = 1\n", "    unit[0, 0] = 1\n    given, kernel = kernel, kernel.copy()\n    given[...] = 0\n"
    ),
}
