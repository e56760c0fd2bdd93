"""Min pooling."""

from __future__ import annotations

import numpy as np

from ..max_pooling.reference import Pair, as_float, max_pool


def min_pool(image: np.ndarray, pool_size: Pair = (2, 2), stride: Pair | None = None, padding: str = "valid"):
    """The smallest value of each window: minus the maximum of minus the image. Arguments as for `max_pool`.

    The image becomes a float first: minus an unsigned integer wraps around, and minus a boolean is an error.
    """
    return -max_pool(-as_float(image), pool_size, stride, padding)
