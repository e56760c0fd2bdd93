"""A small convolutional network in Keras."""

from __future__ import annotations

from typing import Any


def build_cnn(input_shape: tuple[int, int, int] = (28, 28, 1), num_classes: int = 10) -> Any:
    """A compiled `keras.Model` from images (N, *input_shape), float32 in [0, 1], to probabilities (N, num_classes).

    Two convolutions with pooling, then two dense layers; trained with sparse categorical cross-entropy.
    """
    from keras import Input, Sequential, layers

    model = Sequential([
        Input(input_shape),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dense(num_classes, activation="softmax"),
    ])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
