"""From image files to batches: a tf.data pipeline.

Source: the documentation of `tf.data`.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


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
