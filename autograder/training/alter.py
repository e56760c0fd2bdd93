"""Test images altered a little: moved, turned, for strokes now and then thickened.

So that no table of the public test images gives the answers; what has learned to see hardly notices.
"""

from __future__ import annotations

import numpy as np

SHIFT = 1.0  # pixels, at most, along each axis
TURN = 8.0  # degrees, at most, about the middle of the image
THICKENED = 0.1  # share of the grey images whose strokes grow by a pixel
BRIGHTNESS = 0.1  # relative, at most, for colour pictures
CHUNK = 2000  # images at a time, for the memory's sake


def alter(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each image moved by up to `SHIFT` and turned by up to `TURN`; a new array.

    images: uint8, (N, H, W) with strokes on black, or (N, H, W, 3). Grey ones are thickened now and then, and what
    comes in from outside is black; colour pictures are made a little brighter or darker, and their borders go on.
    """
    colour = images.ndim == 4
    shifts = rng.uniform(-SHIFT, SHIFT, (len(images), 2)).astype(np.float32)
    angles = np.deg2rad(rng.uniform(-TURN, TURN, len(images))).astype(np.float32)
    extra = rng.uniform(-1, 1, len(images)).astype(np.float32)
    altered = np.empty_like(images)
    for start in range(0, len(images), CHUNK):
        part = slice(start, start + CHUNK)
        moved = _moved(images[part], shifts[part], angles[part], edge=colour)
        if colour:
            moved = moved * (1 + BRIGHTNESS * extra[part, None, None, None])
        else:
            thick = np.abs(extra[part]) < THICKENED
            moved[thick] = _thickened(moved[thick])
        altered[part] = np.rint(moved).clip(0, 255).astype(np.uint8)
    return altered


def _moved(images: np.ndarray, shifts: np.ndarray, angles: np.ndarray, *, edge: bool) -> np.ndarray:
    """Bilinear samples, float32: where each pixel of the new image lies in the old one."""
    count, height, width = images.shape[:3]
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    rows, columns = rows.ravel() - (height - 1) / 2, columns.ravel() - (width - 1) / 2
    cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
    y = cos * rows - sin * columns + shifts[:, :1] + np.float32((height - 1) / 2)
    x = sin * rows + cos * columns + shifts[:, 1:] + np.float32((width - 1) / 2)
    margin = 2  # the corners of what is outside; farther out all is as there
    sides = [(0, 0), (margin, margin), (margin, margin)] + [(0, 0)] * (images.ndim - 3)
    wide = np.pad(images, sides, mode="edge") if edge else np.pad(images, sides)
    y, x = np.clip(y + margin, 0, height + 2 * margin - 1.001), np.clip(x + margin, 0, width + 2 * margin - 1.001)
    top, left = y.astype(np.int32), x.astype(np.int32)
    down, right = y - top, x - left
    if images.ndim == 4:
        down, right = down[..., None], right[..., None]
    flat = wide.reshape(count * wide.shape[1] * wide.shape[2], *images.shape[3:])
    line = wide.shape[2]
    place = (np.arange(count, dtype=np.int32) * (wide.shape[1] * line))[:, None] + top * line + left
    upper = flat[place] * (1 - right) + flat[place + 1] * right
    lower = flat[place + line] * (1 - right) + flat[place + line + 1] * right
    found: np.ndarray = (upper * (1 - down) + lower * down).astype(np.float32).reshape(images.shape)
    return found


def _thickened(images: np.ndarray) -> np.ndarray:
    """Strokes one pixel wider: each pixel takes the largest value of itself and its neighbours right and below."""
    wide = np.pad(images, [(0, 0), (0, 1), (0, 1)])
    found: np.ndarray = np.maximum.reduce([wide[:, :-1, :-1], wide[:, 1:, :-1], wide[:, :-1, 1:], wide[:, 1:, 1:]])
    return found
