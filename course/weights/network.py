"""The small network that assignment 07 starts from. Its weights' shapes say how wide it is."""

from __future__ import annotations

from typing import Any


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
