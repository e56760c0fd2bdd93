"""Local response normalisation.

Source: A. Krizhevsky, I. Sutskever and G. Hinton, "ImageNet Classification with Deep Convolutional Neural Networks"
(2012), section 3.3.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..max_pooling.reference import as_float


def lrn(image: np.ndarray, size: int = 5, k: float = 2.0, alpha: float = 1e-4, beta: float = 0.75) -> np.ndarray:
    """Local response normalisation: b_i = a_i / (k + alpha * sum of a_j ** 2) ** beta.

    image: (height, width, channels), or a batch of them. The sum runs over the `size` channels centred on channel i
    at the same pixel, fewer at the ends. Returns float32 for a float32 image, float64 otherwise. Raises ValueError,
    naming the argument, for a size that is even or below 1, or an image of another rank.
    """
    if size < 1 or size % 2 == 0:
        raise ValueError(f"size must be odd and at least 1, not {size}")
    if image.ndim not in (3, 4):
        raise ValueError(f"image must have 3 axes, or 4 as a batch, not {image.ndim}")
    image = as_float(image)
    border = [(0, 0)] * (image.ndim - 1) + [(size // 2, size // 2)]
    energy = sliding_window_view(np.pad(image**2, border), size, axis=-1).sum(axis=-1)
    return (image / (k + alpha * energy) ** beta).astype(image.dtype)
