"""Average pooling."""

from __future__ import annotations

import numpy as np

from ..max_pooling.reference import Pair, as_float, checked_windows


def average_pool(image: np.ndarray, pool_size: Pair = (2, 2), stride: Pair | None = None, padding: str = "valid"):
    """The mean of each window. Arguments as for `max_pool`; padding counts neither in the sum nor in the number."""
    total = checked_windows(image, pool_size, stride, padding, fill=0.0).sum(axis=(-2, -1))
    here = np.ones_like(as_float(image))
    return total / checked_windows(here, pool_size, stride, padding, fill=0.0).sum(axis=(-2, -1))
