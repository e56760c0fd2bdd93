"""The first layer's filters as a picture.

Source: A. Krizhevsky, I. Sutskever and G. Hinton, "ImageNet Classification with Deep Convolutional Neural Networks"
(2012), section 6 (filters).
"""

from __future__ import annotations

import numpy as np

from ...pooling_and_normalization.max_pooling.reference import as_float


def filter_grid(weights: np.ndarray, columns: int = 8, gap: int = 1) -> np.ndarray:
    """All filters of a first layer side by side, as one picture (height, width, channels).

    weights: (filters, channels, height, width). They go row by row, `columns` in a row, with `gap` pixels between two
    filters and none outside. Each filter is scaled to [0, 1] by its own smallest and largest weight (to 0 where these
    are equal); gaps and empty places are 1. Raises ValueError for `columns` below 1 or a negative `gap`.
    """
    if columns < 1 or gap < 0:
        raise ValueError(f"columns must be at least 1 and gap at least 0, not {columns} and {gap}")
    count, channels, height, width = weights.shape
    rows = -(-count // columns)
    grid = np.ones((rows * (height + gap) - gap, columns * (width + gap) - gap, channels))
    for place, kernel in enumerate(as_float(weights)):
        top, left = place // columns * (height + gap), place % columns * (width + gap)
        scaled = (kernel - kernel.min()) / (np.ptp(kernel) or 1)
        grid[top : top + height, left : left + width] = scaled.transpose(1, 2, 0)
    return grid
