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


SHIFT_PADDED = '''
import numpy as np


def shift_sensitivity(features, images, shift):
    """Padded on the left and cut; norms by linalg on flattened features."""
    n, width = len(images), images.shape[2]
    moved = np.pad(images, ((0, 0), (0, 0), (shift, 0), (0, 0)))[:, :, :width]
    f = np.asarray(features(images)).reshape(n, -1).astype(np.float64)
    g = np.asarray(features(moved)).reshape(n, -1).astype(np.float64)
    change, size = np.linalg.norm(g - f, axis=1), np.linalg.norm(f, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = change / size
    ratio[(change == 0) & (size == 0)] = 0
    return float(ratio.mean())
'''
ANSWERS["padded and cut"] = SHIFT_PADDED

WRONG = {
    "both norms in the denominator": SHIFT_PADDED.replace(
        "change / size", "2 * change / (size + np.linalg.norm(g, axis=1))"),
    "a negative index where the shift is wider": SHIFT_PADDED.replace(
        "moved = np.pad(images, ((0, 0), (0, 0), (shift, 0), (0, 0)))[:, :, :width]",
        "moved = np.zeros_like(images)\n    moved[:, :, shift:] = images[:, :, :width - shift]"),
    "the images are moved in place": SHIFT_PADDED.replace(
        "    f = np.asarray(features(images))", "    f = np.array(features(images))").replace(
        "    return float", "    images[...] = moved\n    return float"),
    "the largest change, not the norm": SHIFT_PADDED.replace(
        "np.linalg.norm(g - f, axis=1)", "np.abs(g - f).max(axis=1)"),
    "differences and squares of bytes": SHIFT_PADDED.replace(".astype(np.float64)", "").replace(
        "np.linalg.norm(g - f, axis=1), np.linalg.norm(f, axis=1)",
        "np.sqrt(((g - f) ** 2).sum(axis=1)), np.sqrt((f ** 2).sum(axis=1))"),
    "the difference of the norms": SHIFT_PADDED.replace(
        "np.linalg.norm(g - f, axis=1)", "np.abs(np.linalg.norm(g, axis=1) - np.linalg.norm(f, axis=1))"),
    "the median of the images": SHIFT_PADDED.replace("float(ratio.mean())", "float(np.sort(ratio)[(n - 1) // 2])"),
}
