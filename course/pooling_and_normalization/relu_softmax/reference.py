"""ReLU and softmax."""

from __future__ import annotations

import numpy as np

from ..max_pooling.reference import as_float


def relu(x: np.ndarray) -> np.ndarray:
    """The positive part of each number; NaN stays NaN."""
    return np.maximum(x, 0)


def softmax(logits: np.ndarray, axis: int = -1) -> np.ndarray:
    """Probabilities along `axis`: exp(logits) divided by its sum.

    The largest logit is taken off first. That changes no quotient, and no exponential is above 1 then.
    """
    logits = as_float(logits)
    powers = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)
