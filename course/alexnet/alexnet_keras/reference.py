"""AlexNet in Keras 3, with local response normalisation as a layer of its own.

Sources: A. Krizhevsky, I. Sutskever and G. Hinton, "ImageNet Classification with Deep Convolutional Neural Networks"
(2012), section 3; the documentation of `tf.nn.local_response_normalization` and of Keras on saving custom objects.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import cache
from typing import Any

import keras
import tensorflow as tf
from keras import layers

from ..shared import dropped_shares
from .probes import run_keras_defaults, run_keras_dropout
from .public import run_keras_layer, run_keras_network, run_keras_saved, run_keras_scores


@keras.saving.register_keras_serializable(package="cnn-course")
class LocalResponseNormalization(layers.Layer):
    """b_i = a_i / (k + alpha * sum of a_j ** 2) ** beta over the `size` channels centred on i, at each pixel."""

    def __init__(self, size: int = 5, k: float = 2.0, alpha: float = 1e-4, beta: float = 0.75, **options: Any) -> None:
        super().__init__(**options)
        self.size, self.k, self.alpha, self.beta = size, k, alpha, beta

    def call(self, x: Any) -> Any:
        return tf.nn.local_response_normalization(x, self.size // 2, self.k, self.alpha, self.beta)

    def get_config(self) -> dict[str, Any]:
        own = {"size": self.size, "k": self.k, "alpha": self.alpha, "beta": self.beta}
        return {**super().get_config(), **own}


def alexnet(img_shape: tuple[int, int, int] = (227, 227, 3), num_classes: int = 1000) -> keras.Model:
    """AlexNet, (N, *img_shape) to probabilities (N, num_classes), compiled and ready to train."""
    inputs = keras.Input(img_shape)
    x = layers.Conv2D(96, 11, strides=4, activation="relu")(inputs)
    x = layers.MaxPooling2D(3, strides=2)(LocalResponseNormalization()(x))
    x = layers.Conv2D(256, 5, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(3, strides=2)(LocalResponseNormalization()(x))
    x = layers.Conv2D(384, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(384, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(256, 3, padding="same", activation="relu")(x)
    x = layers.Flatten()(layers.MaxPooling2D(3, strides=2)(x))
    x = layers.Dense(4096, activation="relu")(layers.Dropout(0.5)(x))
    x = layers.Dense(4096, activation="relu")(layers.Dropout(0.5)(x))
    model = keras.Model(inputs, layers.Dense(num_classes, activation="softmax")(x))
    model.compile(
        optimizer=keras.optimizers.SGD(0.01, momentum=0.9), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


Run = Callable[..., Any]


def alexnet_in_keras(
    options: dict[str, Any], images: int, _report: str = "output", _seed: int = 0, answer: Run = alexnet
) -> Any:
    """What a network gives for given weights: see `run_keras_network` for the case and the reports."""
    return _network_run(answer, tuple(options.items()), images, _seed)[_report]


@cache
def _network_run(answer: Run, options: tuple, images: int, seed: int) -> dict[str, Any]:
    """The same few cases are asked for by every wrong answer, and each takes a while."""
    seen = run_keras_network(answer, dict(options), images, seed, twice=False)
    gc.collect()  # a Keras model is a ring of references; each of these has 90 MB of weights
    return seen


def keras_defaults(_report: str = "parameters", answer: Run = alexnet) -> Any:
    """What a full-size network starts with: see `run_keras_defaults` for the reports."""
    return run_keras_defaults(answer)[_report]


def compiled_in_keras(options: dict[str, Any], images: int, _seed: int = 0, answer: Run = alexnet) -> Any:
    """Loss and accuracy of a network: see `run_keras_scores` for the case."""
    return run_keras_scores(answer, options, images, _seed)["scores"]


def saved_in_keras(options: dict[str, Any], images: int, _seed: int = 0, answer: Run = alexnet) -> Any:
    """What a network gives after saving and loading: see `run_keras_saved` for the case."""
    return run_keras_saved(answer, options, images, _seed)["output"]


def dropped_in_keras(
    options: dict[str, Any], features: int, _report: str = "fc6", _seed: int = 0, answer: Run = alexnet
) -> Any:
    """Which inputs are dropped in training: see `run_keras_dropout` for the case, `dropped_shares` for the reports."""
    return dropped_shares(**run_keras_dropout(answer, options, features, _seed))[_report]


def layer_in_keras(
    options: dict[str, Any], shape: tuple[int, ...], _seed: int = 0, answer: Run = LocalResponseNormalization
) -> Any:
    """What a layer with these numbers gives: see `run_keras_layer` for the case."""
    return run_keras_layer(answer, options, shape, _seed)["output"]
