"""What several tasks of assignment 07 share: files written in the kernel, pixels, the small network they start from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

Files = Mapping[str, tuple[str, int]]


def expected_pixels(images: np.ndarray) -> np.ndarray:
    """uint8 pixels as the pretrained networks of assignment 07 expect them: float32 in [-1, 1]."""
    return images.astype(np.float32) / 127.5 - 1


def build_features(widths: tuple[int, ...] = (8, 16, 32, 32, 64), weights: dict[str, Any] | None = None) -> Any:
    """A Keras model from images `(N, height, width, 3)` in [-1, 1] to features `(N, widths[-1])`.

    Five 3x3 convolutions ("conv1" to "conv5", the second and the fourth with stride 2), each followed by batch
    normalisation ("norm1" to "norm5") and a ReLU, then the mean of every map. `weights` maps each variable's path
    ("conv1/kernel", "norm1/moving_mean") to its array, and decides about the widths; without it, they are random.
    """
    import keras

    if weights is not None:
        widths = tuple(weights[f"conv{number}/kernel"].shape[-1] for number in range(1, 6))
    inputs = x = keras.Input((None, None, 3))
    for number, (width, stride) in enumerate(zip(widths, (1, 2, 1, 2, 1), strict=True), start=1):
        x = keras.layers.Conv2D(width, 3, stride, padding="same", use_bias=False, name=f"conv{number}")(x)
        x = keras.layers.BatchNormalization(momentum=0.9, name=f"norm{number}")(x)
        x = keras.layers.ReLU(name=f"relu{number}")(x)
    model = keras.Model(inputs, keras.layers.GlobalAveragePooling2D(name="mean")(x), name="features")
    if weights is not None:
        for variable in model.variables:
            variable.assign(weights[variable.path])
    return model


# Types are left out below: this source runs in the student's kernel, where nothing of this package need exist.


def write_files(folder, files):
    """Writes files of {relative path: (kind, number)}; equal numbers give equal contents.

    Kinds: "picture" (8x8 noise), "cut" (a picture whose second half is missing), "text" and "empty".
    """
    import io
    import os

    import numpy
    from PIL import Image

    for path, (kind, number) in files.items():
        os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
        side = 64 if kind == "cut" else 8
        pixels = numpy.random.default_rng(number).integers(0, 256, (side, side, 3), dtype=numpy.uint8)
        content = io.BytesIO()
        jpeg = path.lower().endswith(("jpg", "jpeg"))
        Image.fromarray(pixels).save(content, "JPEG" if jpeg else "PNG")
        data = {"picture": content.getvalue(), "cut": content.getvalue()[: content.tell() // 2],
                "text": b"this is no picture", "empty": b""}[kind]
        with open(os.path.join(folder, path), "wb") as file:
            file.write(data)
