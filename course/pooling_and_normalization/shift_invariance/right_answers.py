"""Right answers by other ways."""

from __future__ import annotations

SHIFT_CONCATENATED = '''
import numpy as np


def shift_sensitivity(features, images, shift):
    width = images.shape[2]
    shift = min(shift, width)
    zeros = np.zeros(images[:, :, :shift].shape, images.dtype)
    moved = np.concatenate([zeros, images[:, :, :width - shift]], axis=2)
    before = np.asarray(features(images), np.float64)
    after = np.asarray(features(moved), np.float64)
    axes = tuple(range(1, before.ndim))
    change = np.sqrt(np.square(after - before).sum(axis=axes))
    size = np.sqrt(np.square(before).sum(axis=axes))
    both = (change == 0) & (size == 0)
    return np.mean(np.divide(change, np.where(both, 1, size)))
'''
SHIFT_ROLLED = '''
import math


def shift_sensitivity(features, images, shift):
    import numpy as np

    moved = np.roll(images, shift, axis=2)
    moved[:, :, :shift] = 0
    total = 0.0
    for old, new in zip(features(images), features(moved)):
        old = [float(value) for value in np.ravel(old)]
        new = [float(value) for value in np.ravel(new)]
        change, size = math.dist(old, new), math.hypot(*old)
        if change or size:
            total += change / size if size else math.inf
    return total / len(images)
'''

ANSWERS = {"concatenated": SHIFT_CONCATENATED, "rolled, and in plain Python": SHIFT_ROLLED}
