"""A dense layer.

Source: K. He et al., "Delving Deep into Rectifiers" (2015), for the weights' scale.
"""

from __future__ import annotations

import numpy as np

from ..max_pooling.reference import as_float


def dense(x: np.ndarray, weights: np.ndarray, biases: np.ndarray) -> np.ndarray:
    """A fully connected layer: x @ weights + biases.

    x: (features,) or (batch, features); weights: (features, units); biases: (units,). Returns (units,) or
    (batch, units), float32 for a float32 x and float64 otherwise. Raises ValueError naming x for other shapes.
    """
    if x.ndim not in (1, 2) or x.shape[-1] != len(weights):
        raise ValueError(f"x must be (features,) or (batch, features) with {len(weights)} features, not {x.shape}")
    x = as_float(x)
    return (x @ weights + biases).astype(x.dtype)


def dense_start(in_features: int) -> float:
    """The standard deviation of a new layer's weights by He et al.: sqrt(2 / in_features)."""
    return float(np.sqrt(2 / in_features))
