"""Wrong turns with AlexNet in Keras. A wrong answer is the network with one of its choices changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf
from keras import layers

from autograder.checks.api import Misconceptions, notebook, on

from . import reference as right

NETWORK, DETAILS = "AlexNet in Keras", "AlexNet, layer by layer"

Network = Callable[..., keras.Model]


class OtherNorm(layers.Layer):
    """TensorFlow's local response normalisation with other arguments than the paper's."""

    def __init__(self, arguments: dict[str, float], **options: Any) -> None:
        super().__init__(**options)
        self.arguments = arguments

    def call(self, x: Any) -> Any:
        return tf.nn.local_response_normalization(x, **self.arguments)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "arguments": self.arguments}


class Forgetful(right.LocalResponseNormalization):
    """Its configuration lacks its numbers, and its defaults are others."""

    def __init__(self, size: int = 5, k: float = 1.0, alpha: float = 1e-3, beta: float = 0.75, **options: Any) -> None:
        super().__init__(size, k, alpha, beta, **options)

    def get_config(self) -> dict[str, Any]:
        return layers.Layer.get_config(self)


class Nameless(right.LocalResponseNormalization):
    """It does not take what every layer takes, as its name."""

    def __init__(self, size: int = 5, k: float = 2.0, alpha: float = 1e-4, beta: float = 0.75) -> None:
        super().__init__(size, k, alpha, beta)


def variant_of_alexnet(
    *, filters: tuple[int, int] = (96, 256), first_padding: str = "valid", norm: Any = right.LocalResponseNormalization,
    norms: int = 2, norm_first: bool = False, pool_first: bool = False, window: int = 3, dropout: Any = (0.5, 0.5, 0),
    conv_dropout: float = 0.0, dense: Any = "relu", end: Any = "softmax", compiled: bool = True,
    loss: Any = "sparse_categorical_crossentropy", metrics: Any = ("accuracy",),
) -> Network:
    """`alexnet` with some choices changed; without options it is the right one."""

    def block(x: Any, number: int, conv: Any) -> Any:
        normalise = norm() if number < norms else layers.Identity()
        pool, relu = layers.MaxPooling2D(window, strides=2), layers.ReLU()
        steps = [relu, normalise, pool]
        steps = [normalise, relu, pool] if norm_first else [relu, pool, normalise] if pool_first else steps
        x = conv(x)
        for step in steps:
            x = step(x)
        return x

    def alexnet(img_shape: tuple[int, int, int] = (227, 227, 3), num_classes: int = 1000) -> keras.Model:
        inputs = keras.Input(img_shape)
        x = block(inputs, 0, layers.Conv2D(filters[0], 11, strides=4, padding=first_padding))
        x = block(x, 1, layers.Conv2D(filters[1], 5, padding="same"))
        x = layers.Dropout(conv_dropout)(x) if conv_dropout else x
        for maps in (384, 384, 256):
            x = layers.Conv2D(maps, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(window, strides=2)(x)
        x = layers.Flatten()(x)
        for rate, units in zip(dropout, (4096, 4096, num_classes), strict=True):
            x = layers.Dropout(rate)(x) if rate else x
            x = layers.Dense(units, activation=end if units == num_classes else dense)(x)
        x = layers.Softmax()(x) if end == "relu" else x
        model = keras.Model(inputs, x)
        if compiled:
            model.compile(optimizer="adam", loss=loss, metrics=list(metrics))
        return model

    return alexnet


ALEXNET_KERAS = Misconceptions("alexnet-keras", right.alexnet_in_keras, student=notebook("alexnet"))
COMPILED_KERAS = Misconceptions("alexnet-keras", right.compiled_in_keras, student=notebook("alexnet"))
SAVED_KERAS = Misconceptions("alexnet-keras", right.saved_in_keras, student=notebook("alexnet"))
LAYER_KERAS = Misconceptions(
    "alexnet-keras", right.layer_in_keras, student=notebook("LocalResponseNormalization")
)
DROPPED_KERAS = Misconceptions("alexnet-keras", right.dropped_in_keras, student=notebook("alexnet"))


def _add(registry: Misconceptions, id: str, sentence: str, section: str, answer: Network) -> None:
    answer.__doc__ = sentence
    registry.add(id, section=section)(on(registry.reference)(answer))


def _wrong(id: str, sentence: str, section: str = DETAILS, **choices: Any) -> None:
    _add(ALEXNET_KERAS, id, sentence, section, variant_of_alexnet(**choices))


_wrong("relu-on-the-logits", "The last layer has a ReLU before the softmax, which makes all unlikely classes alike.",
       NETWORK, end="relu")
_wrong("softmax-missing", "The network returns logits; in this course a Keras network returns probabilities.",
       NETWORK, end=None, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
_wrong("sigmoid-for-softmax", "The classes have a sigmoid each, so that their probabilities do not add up to 1.",
       NETWORK, end="sigmoid")
_wrong("made-for-224-pixels", "The first convolution is padded, as in versions for 224 pixels; 227 pixels fit without "
       "padding.", first_padding="same")
_wrong("torchvision-filters", "The first layers have 64 and 192 filters: that is torchvision's narrower network, not "
       "the paper's.", filters=(64, 192))
_wrong("lrn-missing", "There is no local response normalisation.", norms=0)
_wrong("lrn-before-relu", "Local response normalisation comes before the ReLU, so that negative numbers count among "
       "the neighbours.", norm_first=True)
_wrong("lrn-after-pooling", "Local response normalisation comes after the pooling; in the paper it comes before.",
       pool_first=True)
_wrong("pooling-2x2", "The pooling windows are 2x2; AlexNet's are 3x3 and overlap.", window=2)


def _norm(id: str, sentence: str, **arguments: float) -> None:
    _wrong(id, sentence, norm=lambda: OtherNorm(arguments))


_norm("lrn-size-for-radius", "LRN adds up 11 channels: TensorFlow's `depth_radius` counts the neighbours on one side, "
      "which are 2.", depth_radius=5, bias=2.0, alpha=1e-4, beta=0.75)
_norm("lrn-alpha-divided", "LRN's alpha was divided by its size; TensorFlow takes it as the paper has it.",
      depth_radius=2, bias=2.0, alpha=2e-5, beta=0.75)
_norm("lrn-alpha-multiplied", "LRN's alpha was multiplied by its size, which is right in PyTorch alone.",
      depth_radius=2, bias=2.0, alpha=5e-4, beta=0.75)
_norm("lrn-defaults", "LRN has TensorFlow's defaults; the paper's numbers are others.",
      depth_radius=5, bias=1.0, alpha=1.0, beta=0.5)


def sequential(img_shape: tuple[int, int, int] = (227, 227, 3), num_classes: int = 1000) -> keras.Model:
    model = right.alexnet(img_shape, num_classes)
    stacked = keras.Sequential([keras.Input(img_shape), *model.layers[1:]])
    stacked.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return stacked


_add(ALEXNET_KERAS, "sequential", "The network is a Sequential; the functional way is asked for, from an Input to a "
     "Model.", NETWORK, sequential)

for _id, _sentence, _choices in (
    ("not-compiled", "The network was not compiled: it has neither a loss nor an optimiser.", {"compiled": False}),
    ("loss-for-one-hot-labels", "The loss expects one-hot labels; whole numbers come in.",
     {"loss": "categorical_crossentropy"}),
    ("accuracy-missing", "The network was compiled without the accuracy.", {"metrics": ()}),
):
    _add(COMPILED_KERAS, _id, _sentence, NETWORK, variant_of_alexnet(**_choices))


def lambda_norm() -> layers.Layer:
    return layers.Lambda(lambda x: tf.nn.local_response_normalization(x, 2, 2.0, 1e-4, 0.75))


for _id, _sentence, _make in (
    ("lrn-as-lambda", "LRN is a Lambda layer: a network with one is saved with a piece of code, and is not loaded "
     "again for good reasons.", lambda_norm),
    ("cannot-be-loaded", "The network cannot be loaded again: a layer has to take the arguments that every layer "
     "takes, as its name, and give back its own by `get_config`.", Nameless),
    ("configuration-incomplete", "The loaded network computes something else: numbers of a layer are missing in its "
     "`get_config`.", lambda: Forgetful(5, 2.0, 1e-4, 0.75)),
):
    _add(SAVED_KERAS, _id, _sentence, NETWORK, variant_of_alexnet(norm=_make))

for _id, _sentence, _choices in (
    ("dropout-missing", "Nothing is dropped in training.", {"dropout": (0, 0, 0)}),
    ("dropout-after-fc6-and-fc7", "Dropout stands after fc6 and fc7, so the inputs of fc7 and fc8 are dropped; here it "
     "comes before fc6 and fc7.", {"dropout": (0, 0.5, 0.5)}),
    ("dropout-before-every-dense-layer", "Dropout comes before all three dense layers; the last one has none.",
     {"dropout": (0.5, 0.5, 0.5)}),
    ("dropout-once", "Dropout comes before one of the two dense layers only.", {"dropout": (0.5, 0, 0)}),
    ("dropout-on-the-convolutions", "Dropout stands among the convolutions too; AlexNet drops inputs of dense layers "
     "alone.", {"conv_dropout": 0.5}),
    ("dropout-at-another-rate", "The rate of the dropout is not the paper's, one half.", {"dropout": (0.2, 0.2, 0)}),
):
    _add(DROPPED_KERAS, _id, _sentence, DETAILS, variant_of_alexnet(**_choices))


class _Paper(right.LocalResponseNormalization):
    def call(self, x: Any) -> Any:
        return tf.nn.local_response_normalization(x, 2, 2.0, 1e-4, 0.75)


class _SizeFixed(right.LocalResponseNormalization):
    def call(self, x: Any) -> Any:
        return tf.nn.local_response_normalization(x, 2, self.k, self.alpha, self.beta)


class _SizeForRadius(right.LocalResponseNormalization):
    def call(self, x: Any) -> Any:
        return tf.nn.local_response_normalization(x, self.size, self.k, self.alpha, self.beta)


class _Unsaved(right.LocalResponseNormalization):
    def get_config(self) -> dict[str, Any]:
        return layers.Layer.get_config(self)


for _id, _sentence, _layer in (
    ("layer-numbers-fixed", "The layer has the paper's numbers, whatever its arguments say.", _Paper),
    ("layer-size-fixed", "The layer always adds up 5 channels; how many is its argument `size`.", _SizeFixed),
    ("layer-size-for-radius", "The layer takes its `size` for TensorFlow's `depth_radius`, which counts the neighbours "
     "on one side.", _SizeForRadius),
    ("layer-configuration-incomplete", "Made again from its `get_config`, the layer has other numbers: its own are "
     "missing there.", _Unsaved),
):
    _add(LAYER_KERAS, _id, _sentence, NETWORK, _layer)
