"""How much features move when the image does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..max_pooling.reference import as_float


def shift_sensitivity(features: Callable[[np.ndarray], np.ndarray], images: np.ndarray, shift: int) -> float:
    """How much features change, relative to their size, when the images move `shift` pixels to the right.

    features: maps a batch to an array whose first axis is the batch. images: (batch, height, width, channels); zeros
    come in from the left. Returns the mean over the images of |change| / |features| (L2 norms), 0 where both are 0.
    """
    moved, width = np.zeros_like(images), images.shape[2]
    kept = max(width - shift, 0)
    moved[:, :, width - kept :] = images[:, :, :kept]
    before, after = as_float(features(images)), as_float(features(moved))
    size = np.array([np.linalg.norm(one) for one in before])
    change = np.array([np.linalg.norm(one) for one in after - before])
    still = (change == 0) & (size == 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.where(still, 0.0, change / size).mean())
