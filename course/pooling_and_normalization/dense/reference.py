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


def dense_start(in_features: int) -> dict[str, float]:
    """How a new layer's weights are spread: normal, with the standard deviation of He et al., sqrt(2 / in_features).

    "deviation" is that; "beyond_one" and "beyond_two" are the shares further from the mean than one and two of it.
    """
    return {"deviation": float(np.sqrt(2 / in_features)), "beyond_one": 0.3173, "beyond_two": 0.0455}
