"""A kernel with zeros between its taps."""

from __future__ import annotations

import numpy as np


def dilate_kernel(kernel: np.ndarray, dilation: int) -> np.ndarray:
    """The kernel with dilation - 1 zeros between neighbouring taps: (kh, kw) or (filters, kh, kw, channels).

    Raises ValueError for a dilation below 1.
    """
    if dilation < 1:
        raise ValueError(f"dilation must be at least 1, not {dilation}")
    kernel = np.asarray(kernel)
    rows = 0 if kernel.ndim == 2 else 1
    shape = list(kernel.shape)
    for axis in (rows, rows + 1):
        shape[axis] = dilation * (kernel.shape[axis] - 1) + 1
    result = np.zeros(shape, kernel.dtype)
    result[(slice(None),) * rows + (slice(None, None, dilation),) * 2] = kernel
    return result
