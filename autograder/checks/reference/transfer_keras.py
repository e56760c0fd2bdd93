"""Transfer learning in Keras: a tf.data pipeline, fine-tuning in two phases, and the plots that report it.

Sources: the guide "Transfer learning & fine-tuning" of keras.io; the documentation of `tf.data`.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from matplotlib.figure import Figure

SERIES = ("loss", "accuracy")


def make_dataset(
    paths: Any, labels: Any, *, image_size: tuple[int, int], batch_size: int, training: bool, seed: int
) -> tf.data.Dataset:
    """Batches of images `(N, height, width, 3)`, float32 in [-1, 1], with their labels.

    In training the images come in a new order in every epoch, moved and turned a little; otherwise in the given order,
    as they are.
    """
    dataset = tf.data.Dataset.from_tensor_slices((list(paths), list(labels)))
    if training:
        dataset = dataset.shuffle(len(paths), seed=seed, reshuffle_each_iteration=True)

    def load(path: tf.Tensor, label: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        picture = tf.io.decode_image(tf.io.read_file(path), channels=3, expand_animations=False)
        picture = tf.image.resize(picture, image_size)
        return picture / 127.5 - 1, label

    dataset = dataset.map(load, num_parallel_calls=tf.data.AUTOTUNE).batch(batch_size)
    if training:
        augment = keras.Sequential([
            keras.layers.RandomTranslation(0.08, 0.08, fill_mode="nearest", seed=seed),
            keras.layers.RandomRotation(0.03, fill_mode="nearest", seed=seed),
        ])
        dataset = dataset.map(lambda images, labels: (augment(images, training=True), labels))
    return dataset.prefetch(tf.data.AUTOTUNE)


def fine_tune(
    pretrained: keras.Model, train: tf.data.Dataset, validation: tf.data.Dataset, *, seed: int
) -> tuple[keras.Model, dict[str, list[float]]]:
    """A classifier on top of `pretrained`, and its history: loss and accuracy per epoch, on both sets of images.

    First a new head learns on frozen features; then the upper half of the convolutions learns with it, at a fortieth
    of the rate. Batch normalisation stays in inference mode throughout.
    """
    keras.utils.set_random_seed(seed)
    num_classes = 1 + max(int(tf.reduce_max(labels)) for _, labels in train)
    pretrained.trainable = False
    inputs = keras.Input(pretrained.input_shape[1:])
    features = pretrained(inputs, training=False)
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


def learning_curves(history: dict[str, list[float]]) -> Figure:
    """Loss and accuracy over the epochs, side by side, each on the training and on the validation images."""
    figure = Figure(figsize=(8, 3), layout="constrained")
    for axis, series in zip(figure.subplots(1, 2), SERIES, strict=True):
        epochs = range(1, len(history[series]) + 1)
        axis.plot(epochs, history[series], label="training")
        axis.plot(epochs, history[f"val_{series}"], label="validation")
        axis.set_xlabel("epoch")
        axis.set_ylabel(series)
        axis.legend()
    return figure


def transfer_curves(counts: Any, transfer: Any, scratch: Any) -> Figure:
    """Accuracy against labelled images per class, for both ways: the mean over the seeds, and their spread.

    counts: n numbers; transfer, scratch: accuracies `(n, seeds)`.
    """
    figure = Figure(figsize=(5, 3.2), layout="constrained")
    axis = figure.subplots()
    for name, accuracies in (("transfer", transfer), ("from scratch", scratch)):
        mean, spread = accuracies.mean(axis=1), accuracies.std(axis=1)
        (line,) = axis.plot(counts, mean, marker="o", label=name)
        axis.fill_between(counts, mean - spread, mean + spread, color=line.get_color(), alpha=0.2)
    axis.set_xlabel("labelled images per class")
    axis.set_ylabel("accuracy")
    axis.legend()
    return figure
