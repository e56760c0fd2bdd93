"""Around AlexNet: augmented crops, the mean image, the k best guesses, the first layer's filters as a picture.

Source: A. Krizhevsky, I. Sutskever and G. Hinton, "ImageNet Classification with Deep Convolutional Neural Networks"
(2012), sections 2 (mean), 4.1 (crops and reflections), 6 (filters, top-5 errors).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .pooling import as_float


def augment(images: np.ndarray, crop: int, rng: np.random.Generator) -> np.ndarray:
    """A random crop of every image, every second one mirrored: left and right exchanged.

    images: (count, height, width, channels). Returns (count, crop, crop, channels) with the images' dtype; each image
    has a place and a flip of its own, drawn from `rng`. Raises ValueError for a `crop` below 1 or larger than an image.
    """
    count, height, width, channels = images.shape
    if not 1 <= crop <= min(height, width):
        raise ValueError(f"crop must be from 1 to {min(height, width)}, not {crop}")
    tops = rng.integers(0, height - crop + 1, count)
    lefts = rng.integers(0, width - crop + 1, count)
    mirrored = rng.random(count) < 0.5
    crops = np.empty((count, crop, crop, channels), images.dtype)
    for place, (image, top, left, mirror) in enumerate(zip(images, tops, lefts, mirrored, strict=True)):
        cut = image[top : top + crop, left : left + crop]
        crops[place] = cut[:, ::-1] if mirror else cut
    return crops


def subtract_mean(train: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both sets of images less the mean of the training set, which is an image itself: one mean for every pixel.

    train, other: (count, height, width, channels). Returns float32 for float32 images and float64 otherwise.
    """
    mean = as_float(train).mean(axis=0)
    return as_float(train) - mean, as_float(other) - mean


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
