"""Fine-tuning in two phases.

Source: the guide "Transfer learning & fine-tuning" of keras.io.
"""

from __future__ import annotations

import keras
import tensorflow as tf


def fine_tune(
    pretrained: keras.Model, train: tf.data.Dataset, validation: tf.data.Dataset, *, seed: int
) -> tuple[keras.Model, dict[str, list[float]]]:
    """A classifier on top of `pretrained`, and its history: loss and accuracy per epoch, on both sets of images.

    First a new head learns on frozen features; then the upper half of the convolutions learns with it, at a fortieth
    of the rate. Batch normalisation is frozen throughout, and so in inference mode, in `fit` too.
    """
    keras.utils.set_random_seed(seed)
    num_classes = 1 + max(int(tf.reduce_max(labels)) for _, labels in train)
    pretrained.trainable = False
    inputs = keras.Input(pretrained.input_shape[1:])
    features = pretrained(inputs)
    outputs = keras.layers.Dense(num_classes, activation="softmax")(keras.layers.Dropout(0.2)(features))
    model = keras.Model(inputs, outputs)
    first = _fit(model, train, validation, rate=2e-2, epochs=12)

    pretrained.trainable = True
    convolutions = [layer for layer in pretrained.layers if isinstance(layer, keras.layers.Conv2D)]
    for layer in pretrained.layers:
        layer.trainable = layer in convolutions[len(convolutions) // 2 + 1 :]
    second = _fit(model, train, validation, rate=5e-4, epochs=6)
    return model, {name: first[name] + second[name] for name in first}


def _fit(
    model: keras.Model, train: tf.data.Dataset, validation: tf.data.Dataset, *, rate: float, epochs: int
) -> dict[str, list[float]]:
    """Compiles, because what is trainable counts from then on, and trains."""
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(train, validation_data=validation, epochs=epochs, verbose=0).history
