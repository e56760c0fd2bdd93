"""Public checks of alexnet-keras."""

import numpy as np

from autograder.checks.api import CheckFailure, expect, expect_close, in_kernel, misconceptions, reference

from ...sizing_and_memory.shared import same_parameters
from ..shared import LAYERS, images_of, outputs_first, weights_of


def quickly_built(make, options):
    """The model `make(**options)` with zeros for the weights that it would draw; None if it is no Keras model.

    The weights are set afterwards, and drawing millions of them would take longer than all the rest.
    """
    from unittest import mock

    import keras

    def zeros(self, shape, dtype=None, **more):
        return keras.ops.zeros(shape, dtype or "float32")

    with mock.patch.object(keras.initializers.VarianceScaling, "__call__", zeros):
        model = make(**options)
    return model if isinstance(model, keras.Model) else None


def built_keras(make, options, seed):
    """The model `make(**options)` with weights by shape; None if it is no Keras model."""
    import numpy

    model = quickly_built(make, options)
    if model is None:
        return None
    for variable in model.weights:
        shape = tuple(variable.shape)
        if not shape or "float" not in str(variable.dtype):
            continue
        fan_in = max(1, int(numpy.prod(shape[:-1])))
        variable.assign(weights_of(shape, fan_in, shape[0] if len(shape) == 4 else 0, seed))
    return model


def run_keras_network(make, options, images, seed, twice=True):
    """What a Keras network gives at inference for images of `options["img_shape"]`, twice, and its parameters."""
    import numpy

    model = built_keras(make, options, seed)
    if model is None:
        return {"output": None}
    batch = images_of((images, *options["img_shape"]), seed)
    output = numpy.asarray(model(batch, training=False))
    again = numpy.asarray(model(batch, training=False)) if twice else output
    functional = type(model).__name__ == "Functional"
    sizes = outputs_first([tuple(variable.shape) for variable in model.trainable_weights])
    return {"output": output, "again": again, "parameters": model.count_params(), "functional": functional,
            "layers": sizes}


def run_keras_scores(make, options, images, seed):
    """Loss and accuracy by which the network was compiled to be judged, on images with given labels, and its output.

    `problem`: "not compiled", "loss" where the loss does not take whole numbers as labels, "accuracy" where no second
    number is there; else None.
    """
    import numpy

    model = built_keras(make, options, seed)
    if model is None:
        return None
    if not model.compiled:
        return {"problem": "not compiled"}
    batch = images_of((images, *options["img_shape"]), seed)
    probabilities = numpy.asarray(model(batch, training=False))
    labels = probabilities.argmax(1)  # every second label is the network's own guess
    labels[1::2] = (labels[1::2] + 1) % probabilities.shape[1]
    model.run_eagerly = True
    try:
        scores = model.test_on_batch(batch, labels, return_dict=True)
    except Exception:
        return {"problem": "loss"}
    others = [float(value) for name, value in scores.items() if name != "loss"]
    if not others:
        return {"problem": "accuracy"}
    return {"problem": None, "scores": numpy.array([float(scores["loss"]), others[0]]), "output": probabilities}


def run_keras_saved(make, options, images, seed):
    """What the network gives before and after it was saved and loaded; `problem` says why it did not get there.

    `problem`: "lambda" where a Lambda layer is in it, "loading" where loading raised, else None.
    """
    import os
    import tempfile
    import warnings

    import keras
    import numpy

    model = built_keras(make, options, seed)
    if model is None:
        return None
    classes = [type(layer) for layer in model.layers]
    if any(kind.__name__ == "Lambda" for kind in classes):
        return {"problem": "lambda"}
    known = {kind.__name__: kind for kind in classes if not kind.__module__.startswith("keras.")}
    known.update({keras.saving.get_registered_name(kind): kind for kind in known.values()})
    batch = images_of((images, *options["img_shape"]), seed)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "network.keras")
        model.save(path)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of an optimiser that has not begun there is nothing to load
                loaded = keras.saving.load_model(path, custom_objects=known)
        except Exception:
            return {"problem": "loading"}
    before, after = (numpy.asarray(network(batch, training=False)) for network in (model, loaded))
    return {"problem": None, "before": before, "output": after}


def run_keras_layer(make, options, shape, seed):
    """What a layer `make(**options)` gives for maps of that shape, itself and as made again from its configuration.

    `again` is None where it cannot be made again.
    """
    import numpy

    layer, maps = make(**options), 10 * images_of(shape, seed)
    output = numpy.asarray(layer(maps))
    try:
        again = numpy.asarray(type(layer).from_config(layer.get_config())(maps))
    except Exception:
        again = None
    return {"output": output, "again": again}


KERAS_HELPERS = (built_keras, quickly_built, weights_of, images_of, outputs_first)
NUMBERS = {"size": 3, "k": 1.5, "alpha": 0.02, "beta": 0.6}
SMALL = {"img_shape": (67, 67, 3), "num_classes": 5}


def test_probabilities_of_a_small_network(student):
    """For images of 67x67 pixels, five classes and given weights: parameters and probabilities."""
    kernel = in_kernel(student, run_keras_network, *KERAS_HELPERS)
    seen = kernel.run_keras_network(student.alexnet, SMALL, 2, 0)
    if not isinstance(seen["output"], np.ndarray):
        raise CheckFailure("A Keras model is right here; something else came back.")
    right, layers = (reference.alexnet_in_keras(SMALL, 2, _report=part) for part in ("parameters", "layers"))
    same_parameters(seen, right, layers, LAYERS, misconceptions.ALEXNET_KERAS)
    expect(seen["functional"], "", diagnosis=misconceptions.ALEXNET_KERAS["sequential"])
    expect_close(seen["output"], reference.alexnet_in_keras(SMALL, 2), like=misconceptions.ALEXNET_KERAS,
                 rtol=1e-3, atol=1e-5, what="the output")


def test_compiled_and_saved(student):
    """The network is compiled, and can be saved and loaded again."""
    kernel = in_kernel(student, run_keras_scores, run_keras_saved, *KERAS_HELPERS)
    scores = kernel.run_keras_scores(student.alexnet, SMALL, 4, 0)
    if not isinstance(scores, dict):
        raise CheckFailure("A Keras model is right here; something else came back.")
    known = misconceptions.COMPILED_KERAS
    expect(scores["problem"] != "not compiled", "", diagnosis=known["not-compiled"])
    expect(scores["problem"] != "loss", "", diagnosis=known["loss-for-one-hot-labels"])
    expect(scores["problem"] != "accuracy", "", diagnosis=known["accuracy-missing"])
    saved = kernel.run_keras_saved(student.alexnet, SMALL, 2, 0)
    expect(saved["problem"] != "lambda", "", diagnosis=misconceptions.SAVED_KERAS["lrn-as-lambda"])
    expect(saved["problem"] != "loading", "", diagnosis=misconceptions.SAVED_KERAS["cannot-be-loaded"])


def test_the_layer_by_itself(student):
    """The layer with numbers of its own, size 3 among them, normalises by them, and is the same when made again."""
    expect_layer(student, NUMBERS, (2, 3, 4, 8), 0)


def expect_layer(student, options, shape, seed):
    """Passes when the layer with these arguments gives what it should, also as made from its configuration."""
    known = misconceptions.LAYER_KERAS
    kernel = in_kernel(student, run_keras_layer, images_of)
    seen = kernel.run_keras_layer(student.LocalResponseNormalization, options, shape, seed)
    if not isinstance(seen, dict) or not isinstance(seen.get("output"), np.ndarray):
        raise CheckFailure("A Keras layer is right here; something else came back.")
    right = reference.layer_in_keras(options, shape, _seed=seed)
    expect_close(seen["output"], right, like=known, rtol=1e-3, atol=1e-5, what="the layer's output")
    again = seen.get("again")
    expect(isinstance(again, np.ndarray), "The layer cannot be made again from what its `get_config` gives.")
    same = again.shape == seen["output"].shape and np.allclose(again, seen["output"], rtol=1e-3, atol=1e-5)
    expect(same, "", diagnosis=known["layer-configuration-incomplete"])
