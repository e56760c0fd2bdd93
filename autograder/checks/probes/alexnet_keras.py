"""Assignment 05 in the kernel: Keras networks with weights by shape, what they were compiled with, saved and loaded."""
# Types are left out: the source runs in the student's kernel, where nothing of this package need exist.

from .alexnet import images_of, weights_of


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


def run_keras_network(make, options, images, seed):
    """What a Keras network gives at inference for images of `options["img_shape"]`, twice, and its parameters."""
    import numpy

    model = built_keras(make, options, seed)
    if model is None:
        return {"output": None}
    batch = images_of((images, *options["img_shape"]), seed)
    output, again = (numpy.asarray(model(batch, training=False)) for _ in range(2))
    functional = type(model).__name__ == "Functional"
    return {"output": output, "parameters": model.count_params(), "repeats": bool((output == again).all()),
            "functional": functional}


def run_keras_defaults(make):
    """The network `make()` at its full size: parameters, and what it gives for one grey image."""
    import numpy

    model = quickly_built(make, {})
    if model is None:
        return {"output": None}
    image = numpy.full((1, *model.input_shape[1:]), 0.5, "float32")
    return {"output": numpy.asarray(model(image, training=False)), "parameters": model.count_params()}


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


def run_keras_dropout(make, options, features, seed):
    """Which inputs of the dense layers are dropped in training, as shares; as `run_torch_dropout`.

    features: how many numbers reach fc6.
    """
    import numpy
    import tensorflow as tf

    model = built_keras(make, options, seed)
    if model is None:
        return None
    wanted = {(features, 4096): "fc6", (4096, 4096): "fc7", (4096, options["num_classes"]): "fc8"}
    dense = {}
    for variable in model.weights:
        shape = tuple(variable.shape)
        if shape and "float" in str(variable.dtype):
            fan_in = int(numpy.prod(shape[:-1])) if len(shape) > 1 else 1
            name = wanted.get((fan_in, shape[-1])) if len(shape) > 1 else None
            if name:
                dense[name] = variable
            if name or len(shape) == 1:
                variable.assign(numpy.abs(variable.value.numpy()) / fan_in**0.5)
    batch = images_of((1, *options["img_shape"]), seed)

    def gradients(training):
        with tf.GradientTape() as tape:
            # the logarithm of one class, whose gradient keeps its sign from the softmax on down
            loss = tf.math.log(model(batch, training=training)[:, :1])
        rows = tape.gradient(loss, [getattr(variable, "value", variable) for variable in dense.values()])
        return {
            name: numpy.abs(numpy.asarray(row)).reshape(-1, row.shape[-1]).sum(1)
            for name, row in zip(dense, rows, strict=True)
        }

    trained, plain = gradients(True), gradients(False)
    if not all(row.any() for row in (*trained.values(), *plain.values())):
        return None
    shares = {name: float((trained[name][plain[name] > 0] == 0).mean()) for name in dense}
    if "fc6" in shares:
        kept = (trained["fc6"] > 0) & (plain["fc6"] > 0)
        factors = trained["fc6"][kept] / plain["fc6"][kept]
        shares["uneven"] = bool(len(factors) < 2 or factors.std() > 1e-3 * factors.mean())
    return shares
