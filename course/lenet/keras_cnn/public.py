"""Public checks of keras-cnn."""

import numpy as np

from autograder.checks.api import CheckFailure, expect, in_kernel, misconceptions


def keras_model(student, options, seed=0):
    """What the notebook's Keras model says and computes (see `run_keras`), after a look at the types of the report."""
    kernel = in_kernel(student, run_keras, form_of, shapes_of, quietly)
    seen = kernel.run_keras(student.build_cnn, options, 40, seed)
    form = seen.get("form") if isinstance(seen, dict) else None
    if form in ("model-for-function", "return-forgotten"):
        raise CheckFailure(misconceptions.KERAS_CNN[form].sentence, diagnosis=form)
    if not isinstance(form, dict) or not isinstance(form.get("layers"), list):
        raise CheckFailure("build_cnn returns a Keras model; something else came back.")
    return seen, form


def has_the_shapes(form, input_shape=(28, 28, 1), num_classes=10):
    known, turned = misconceptions.KERAS_CNN, (None, input_shape[2], *input_shape[:2])
    expect(form["input"] != turned, "", diagnosis=known["channels-first"])
    expect(form["input"] != (None, 28, 28, 1) or input_shape == (28, 28, 1), "",
           diagnosis=known["input-shape-ignored"])
    expect(form["input"] == (None, *input_shape), f"The network's input has shape {form['input']}.")
    expect(form["output"] != (None, 10) or num_classes == 10, "", diagnosis=known["classes-ignored"])
    expect(form["output"] == (None, num_classes),
           f"The network's output has shape {form['output']}; {(None, num_classes)} is right: a row for each image.")


def can_be_evaluated(seen):
    """The model gives loss and metrics for labels that are whole numbers."""
    expect(seen.get("weighs") is not True, "", diagnosis=misconceptions.KERAS_CNN["metrics-by-position"])
    expect(isinstance(seen.get("metrics"), dict), "The model cannot be evaluated on labels that are whole numbers.")


def reports_accuracy(metrics):
    """The metric "accuracy" is among those that the model reports."""
    none = misconceptions.KERAS_CNN["accuracy-not-asked-for"] if set(metrics) <= {"loss"} else None
    expect("accuracy" in metrics, 'The model does not report the metric "accuracy" under this name.', diagnosis=none)


def test_two_shapes(student):
    """With its defaults the network is for 28x28x1 and ten classes; another is for 20x24x3 and four."""
    for options in ({}, {"input_shape": (20, 24, 3), "num_classes": 4}):
        _, form = keras_model(student, options)
        has_the_shapes(form, **options)
        convolutions = any("Conv" in layer for layer in form["layers"])
        expect(convolutions, "", diagnosis=misconceptions.KERAS_CNN["no-convolution"])


def test_probabilities_of_ten_classes(student):
    """For each image come ten probabilities, which add up to 1."""
    seen, form = keras_model(student, {})
    has_the_shapes(form)
    answers, known = seen["probabilities"], misconceptions.KERAS_CNN
    inside = bool((answers >= 0).all() and (answers <= 1).all())
    expect(inside, "", diagnosis=known["logits-returned" if form["from_logits"] else "logits-taken-for-probabilities"])
    expect(bool(np.allclose(answers.sum(axis=1), 1, atol=1e-3)), "", diagnosis=known["sigmoid-at-the-end"])


def test_ready_to_be_trained(student):
    """The model is compiled with the sparse categorical cross-entropy of probabilities, and reports its accuracy."""
    seen, form = keras_model(student, {})
    has_the_shapes(form)
    known = misconceptions.KERAS_CNN
    expect(form["compiled"], "", diagnosis=known["not-compiled"])
    expect(form["loss"] != "categorical_crossentropy", "", diagnosis=known["loss-of-one-hot-labels"])
    expect(form["loss"] != "mean_squared_error", "", diagnosis=known["squared-error"])
    expect(form["loss"] == "sparse_categorical_crossentropy",
           f"The loss is {form['loss']}; the sparse categorical cross-entropy is asked for.")
    can_be_evaluated(seen)
    reports_accuracy(seen["metrics"])


# Types are left out below: the source runs in the student's kernel, where nothing of this package need exist.


def run_keras(build, options, count, seed):
    """What the Keras model `build(**options)` says of itself, and what it computes for images drawn from the seed.

    Reports the form (shapes, whether it is compiled, the loss's name and its `from_logits`, names of the layers),
    the probabilities of `count` images, the labels drawn for them, the compiled loss of both (None where it cannot
    be computed), and the metrics that the model reports on them; where they could not be had, whether it `weighs` the
    loss by something that is no number.
    """
    import keras
    import numpy

    if isinstance(build, keras.Model):
        return {"form": "model-for-function"}
    model = build(**options)
    if model is None:
        return {"form": "return-forgotten"}
    if not isinstance(model, keras.Model):
        return {"form": None}
    shape, classes = options.get("input_shape", (28, 28, 1)), options.get("num_classes", 10)
    form = form_of(model, shape)
    report = {"form": form, "probabilities": None, "loss": None, "metrics": None}
    if form["input"] != (None, *shape):
        return report
    rng = numpy.random.default_rng([seed, count, *shape])
    images = rng.random((count, *shape)).astype("float32")
    labels = rng.integers(0, classes, count)
    report |= {"labels": labels, "probabilities": numpy.asarray(model(images, training=False))}
    if not form["compiled"]:
        return report
    try:
        loss = keras.losses.get(model.loss)
        report["loss"] = float(numpy.mean(numpy.asarray(loss(labels, report["probabilities"]))))
        metrics = quietly(lambda: model.test_on_batch(images, labels, return_dict=True))
        report["metrics"] = {str(name): float(value) for name, value in metrics.items()}
    except Exception:
        weights = (model.get_compile_config() or {}).get("loss_weights")
        report["weighs"] = isinstance(weights, (list, tuple)) and any(isinstance(one, str) for one in weights)
    return report


def quietly(run):
    """The result of `run()`, without TensorFlow's warnings that many small models were traced."""
    import logging

    logger = logging.getLogger("tensorflow")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        return run()
    finally:
        logger.setLevel(before)


def shapes_of(model, shape):
    """The shapes of a model's input and output; one of a class of its own has none, and is shown an image."""
    try:
        return tuple(model.input_shape), tuple(model.output_shape)
    except AttributeError:
        import numpy

        return (None, *shape), (None, *model(numpy.zeros((1, *shape), "float32"), training=False).shape[1:])


def form_of(model, shape):
    """Shapes, loss and layers of a Keras model that is meant for images of this shape, as plain data."""
    import math

    import keras

    takes, gives = shapes_of(model, shape)  # first: a model that is shown an image may only then make its layers
    layers = [layer for layer in model._flatten_layers() if layer is not model]
    compiled = bool(model.compiled)
    loss = keras.losses.get(model.loss) if compiled and model.loss is not None else None
    name = getattr(loss, "name", None) or getattr(loss, "__name__", None)
    config = loss.get_config() if hasattr(loss, "get_config") else {}
    scales = [layer.scale for layer in layers if type(layer).__name__ == "Rescaling"]
    scale = math.prod(scale for scale in scales if isinstance(scale, (int, float)))
    return {
        "input": takes, "output": gives, "compiled": compiled, "loss": name,
        "from_logits": bool(config.get("from_logits", False)), "layers": [type(layer).__name__ for layer in layers],
        "shrinks": scale < 0.05,
    }
