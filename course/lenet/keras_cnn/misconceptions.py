"""Wrong turns in the Keras network. None shows in values that could be drawn, so each stands as a student's code."""

from __future__ import annotations

from autograder.checks.api import Misconceptions

from .reference import build_cnn

KERAS_CNN = Misconceptions("keras-cnn", build_cnn)
KERAS = "The same in Keras"

_NETWORK = '''
import keras
from keras import layers

def build_cnn(input_shape=(28, 28, 1), num_classes=10):
    model = keras.Sequential([
        keras.Input({shape}),
        {first}
        layers.Conv2D(8, 3, activation="relu"{format}),
        layers.MaxPooling2D(4{format}),
        layers.Flatten(),
        layers.Dense({classes}, activation={activation}),
    ])
    {compiled}
    return model
'''
_COMPILED = 'model.compile("adam", loss={loss}, metrics=["accuracy"])'
_LOSS = '"sparse_categorical_crossentropy"'
_FROM_LOGITS = "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"


def _written(*, loss=_LOSS, **changes):
    """The network's code with one thing changed."""
    right = {
        "shape": "input_shape", "first": "", "format": "", "classes": "num_classes", "activation": '"softmax"',
        "compiled": _COMPILED.format(loss=loss),
    }
    return _NETWORK.format(**(right | changes))


KERAS_CNN.add_source(
    "channels-first",
    "The network expects the channels before height and width; in Keras they come last.",
    _written(shape="(input_shape[2], *input_shape[:2])", format=', data_format="channels_first"'),
    section=KERAS,
    price="the network takes none of the images",
)
KERAS_CNN.add_source(
    "input-shape-ignored",
    "The network reads images of 28x28 with one channel, whatever input_shape says.",
    _written(shape="(28, 28, 1)"),
    section=KERAS,
)
KERAS_CNN.add_source(
    "classes-ignored",
    "The network has ten classes, whatever num_classes says.",
    _written(classes="10"),
    section=KERAS,
)
KERAS_CNN.add_source(
    "logits-returned",
    "The network returns logits; here the softmax is a part of it, so that probabilities come out.",
    _written(activation="None", loss=_FROM_LOGITS),
    section=KERAS,
)
KERAS_CNN.add_source(
    "logits-taken-for-probabilities",
    "The network returns logits, and its loss takes them for probabilities: there is no softmax at all.",
    _written(activation="None"),
    section=KERAS,
    price="nothing is learned by a loss of what are no probabilities",
)
KERAS_CNN.add_source(
    "sigmoid-at-the-end",
    "A sigmoid answers for every class by itself; for one digit out of ten the probabilities add up to 1.",
    _written(activation='"sigmoid"'),
    section=KERAS,
)
KERAS_CNN.add_source(
    "softmax-twice",
    "Probabilities come out, and the loss takes them for logits (from_logits=True).",
    _written(loss=_FROM_LOGITS),
    section=KERAS,
)
KERAS_CNN.add_source(
    "loss-of-one-hot-labels",
    "The loss expects one-hot labels; these labels are whole numbers, which the sparse loss takes.",
    _written(loss='"categorical_crossentropy"'),
    section=KERAS,
)
KERAS_CNN.add_source(
    "squared-error",
    "The loss is a squared error between labels and probabilities; a classifier is trained with cross-entropy.",
    _written(loss='"mean_squared_error"'),
    section=KERAS,
)
KERAS_CNN.add_source(
    "not-compiled",
    "The model is not compiled, so it has neither a loss nor an optimiser to be trained with.",
    _written(compiled="pass"),
    section=KERAS,
)
KERAS_CNN.add_source(
    "accuracy-not-asked-for",
    "The model was compiled without the metric accuracy.",
    _written(compiled=f'model.compile("adam", loss={_LOSS})'),
    section=KERAS,
)
KERAS_CNN.add_source(
    "scaled-twice",
    "The images come scaled to [0, 1], and the network scales them down once more: hardly anything is left of them.",
    _written(first="layers.Rescaling(1 / 255),"),
    section=KERAS,
)
KERAS_CNN.add_source(
    "no-convolution",
    "There is no convolution in the network.",
    """
import keras
from keras import layers

def build_cnn(input_shape=(28, 28, 1), num_classes=10):
    model = keras.Sequential([
        keras.Input(input_shape), layers.Flatten(), layers.Dense(32, activation="relu"),
        layers.Dense(num_classes, activation="softmax"),
    ])
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
""",
    section=KERAS,
)

KERAS_CNN.add_source(
    "metrics-by-position",
    "The third argument of `compile` weighs losses; the metrics have to be named, `metrics=[\"accuracy\"]`.",
    _written(compiled='model.compile("adam", ' + _LOSS + ', ["accuracy"])'),
    section=KERAS,
)
KERAS_CNN.add_source(
    "model-for-function",
    "build_cnn is a model already; a function is asked for that builds one for the shape and the classes it is given.",
    _written().replace("def build_cnn", "def _build") + "\nbuild_cnn = _build()\n",
    section=KERAS,
    price="it makes no network of another shape",
)
KERAS_CNN.add_source(
    "return-forgotten",
    "build_cnn gives back nothing: its last line needs to `return` the model.",
    _written().replace("return model", "model.summary"),
    section=KERAS,
    price="the network is not given",
)
