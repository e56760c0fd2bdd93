"""Augmented crops, and the mean image.

Source: A. Krizhevsky, I. Sutskever and G. Hinton, "ImageNet Classification with Deep Convolutional Neural Networks"
(2012), sections 2 (mean) and 4.1 (crops and reflections).
"""

from __future__ import annotations

import numpy as np

from ...pooling_and_normalization.max_pooling.reference import as_float


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
