"""The k best guesses, and how often the right one is among them.

Source: A. Krizhevsky, I. Sutskever and G. Hinton, "ImageNet Classification with Deep Convolutional Neural Networks"
(2012), section 6 (top-5 errors).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def top_k(scores: np.ndarray, k: int, class_names: Sequence[str]) -> list[tuple[str, float]]:
    """The `k` best classes of one image with their scores, the best first; of equal scores, the lower index first.

    scores: (classes,). Raises ValueError for a `k` below 1 or above the number of classes.
    """
    return [(class_names[label], float(scores[label])) for label in _best(scores, k)]


def top_k_accuracy(scores: np.ndarray, labels: np.ndarray, k: int) -> float:
    """The share of images whose label is among the `k` best classes; ties as in `top_k`.

    scores: (images, classes); labels: (images,). Raises ValueError for a `k` below 1 or above the number of classes.
    """
    hits = (_best(scores, k) == labels[:, None]).any(axis=1)
    return float(hits.mean())


def _best(scores: np.ndarray, k: int) -> np.ndarray:
    """Indices of the k largest scores along the last axis; a stable sort keeps equal ones in the order of the index."""
    if not 1 <= k <= scores.shape[-1]:
        raise ValueError(f"k must be from 1 to {scores.shape[-1]}, not {k}")
    return np.argsort(-scores, axis=-1, kind="stable")[..., :k]
