"""Dropout.

Sources: N. Srivastava et al., "Dropout" (2014); A. Krizhevsky, I. Sutskever and G. Hinton, "ImageNet Classification
with Deep Convolutional Neural Networks" (2012), section 4.2.
"""

from __future__ import annotations

import numpy as np

from ..max_pooling.reference import as_float


def dropout(x: np.ndarray, kept: np.ndarray, rate: float, training: bool) -> np.ndarray:
    """Inverted dropout for a given mask: kept values divided by the share that is kept; the identity at inference.

    kept: booleans of x's shape, False where a value is dropped; in a layer, drawn with probability 1 - rate.
    """
    x = as_float(x)
    return (np.where(kept, x, 0) / (1 - rate)).astype(x.dtype) if training else x


def scale_at_test_time(weights: np.ndarray, rate: float) -> np.ndarray:
    """The AlexNet paper's way: no scaling in training, and outgoing weights times 1 - rate at inference."""
    return as_float(weights) * (1 - rate)
