"""Public checks of assignment 04. For numbers of one's own they look at the form and at what must fit together."""

import re

import numpy as np

from autograder.checks import training
from autograder.checks.api import (
    CheckFailure,
    StudentError,
    Tensor,
    expect,
    expect_close,
    expect_equal,
    in_kernel,
    misconceptions,
    reference,
    task,
)
from autograder.checks.probes import lenet as probes
from autograder.checks.probes import memory

SHAPES = {"C1": 3, "S2": 3, "C3": 3, "S4": 3, "C5": 1, "F6": 1, "output": 1}


def layers(student):
    """The table's entries for layers, each a pair of a shape and a number, as they must be."""
    answer = student.lenet_components
    if not isinstance(answer, dict):
        raise CheckFailure("This task is answered with a dict.")
    for name, length in SHAPES.items():
        entry = answer.get(name)
        if not isinstance(entry, (tuple, list)) or len(entry) != 2 or not isinstance(entry[0], (tuple, list)):
            raise CheckFailure(f'"{name}" is to be a pair: a shape, and a number of parameters.')
        whole = all(type(size) is int and size > 0 for size in entry[0])
        expect(len(entry[0]) == length and whole, f'The shape of "{name}" is to have {length} whole numbers above 0.')
        expect(type(entry[1]) is int and entry[1] >= 0, f'The parameters of "{name}" are to be a whole number.')
    return answer


@task("lenet-components")
def test_form_of_the_components(student):
    """Seven layers, each with its output shape and its parameters, and two numbers more."""
    answer = layers(student)
    for name in ("C3_paper", "total"):
        expect(type(answer.get(name)) is int, f'"{name}" is to be a whole number.')
    expect(answer["C3_paper"] < answer["total"], "The total is more than one layer's parameters.")


@task("lenet-components")
def test_shapes_follow_from_each_other(student):
    """Maps are square, a pooling keeps their number and halves their sides, and the last layer scores ten digits."""
    answer = layers(student)
    shapes = {name: tuple(answer[name][0]) for name in SHAPES}
    for name in ("C1", "S2", "C3", "S4"):
        expect(shapes[name][0] == shapes[name][1], f'The maps of "{name}" are square: (height, width, maps).')
    for before, after in (("C1", "S2"), ("C3", "S4")):
        side, maps = shapes[before][0], shapes[before][2]
        expect(shapes[after] == (side // 2, side // 2, maps), f'"{after}" does not fit to "{before}".')
    expect(shapes["output"] == (10,), "There are ten digits to tell apart.")


def run(student, make, batches, registry, signs):
    kernel = in_kernel(student, probes.run_network, probes.filled, probes.gradient_of_images, probes.shift_of_scores,
                       memory.on_one_thread)
    try:
        seen = kernel.run_network(make, list(batches), 0)
    except StudentError as error:
        for sign, id in signs.items():
            expect(not re.search(sign, error.text), "", diagnosis=registry[id], details=str(error))
        raise
    if not isinstance(seen["output"], Tensor):
        raise CheckFailure("A module that returns a tensor is right here; something else came back.")
    return seen


def lenet(student, batches):
    signs = {
        r"x400 and 256x": "sixteen-maps-of-four",
        r"\[-1, 256\]": "view-of-256",
        r"\(1x\d+ and 400x|vec \(\d+\)": "batch-flattened",
    }
    return run(student, student.LeNet5, batches, misconceptions.LENET_MODEL, signs)


@task("lenet-model")
def test_ten_scores_for_each_image(student):
    """Two images go in, and two rows of ten scores come out; for a single image, one row."""
    seen = lenet(student, (2, 1))
    expect_equal(seen["shapes"], reference.lenet((2, 1), _report="shapes"), like=misconceptions.LENET_MODEL,
                 what="the list of the outputs' shapes")


@task("lenet-model")
def test_number_of_parameters(student):
    """The network has 61,706 parameters."""
    seen = lenet(student, (2,))
    expect_equal(seen["parameters"], reference.lenet((2,), _report="parameters"), like=misconceptions.LENET_MODEL,
                 what="the number of parameters")


@task("lenet-model")
def test_scores_for_given_weights(student):
    """With weights that the check sets, the scores of two images are right."""
    seen = lenet(student, (2,))
    expect_close(seen["output"], reference.lenet((2,)), like=misconceptions.LENET_MODEL, framework="torch",
                 what="the output")


def repaired(student, batches):
    signs = {r"x400 and 256x": "only-the-view", r"x256 and 400x": "only-the-layer"}
    return run(student, student.RepairedLeNet, batches, misconceptions.LENET_REPAIR, signs)


@task("lenet-repair")
def test_sixteen_images(student):
    """16 images go in, and 16 rows of scores come out."""
    seen = repaired(student, (16,))
    expect_equal(seen["shapes"], reference.repaired((16,), _report="shapes"), like=misconceptions.LENET_REPAIR,
                 what="the list of the outputs' shapes")


@task("lenet-repair")
def test_the_rest_is_as_it_was(student):
    """With weights that the check sets, the scores of 16 images are right: nothing else has changed."""
    seen = repaired(student, (16,))
    expect_close(seen["output"], reference.repaired((16,)), like=misconceptions.LENET_REPAIR, framework="torch",
                 what="the output")


@task("lenet-repair")
def test_the_batch_of_64(student):
    """The view makes 100 rows of a batch of 64."""
    expect_equal(student.batch_after_view(64), reference.batch_after_view(64), like=misconceptions.BATCH_AFTER_VIEW,
                 what="the number of rows")


@task("lenet-repair")
def test_a_batch_of_one(student):
    """A single image has 400 numbers, which do not fill rows of 256: a ValueError."""
    try:
        answer = student.batch_after_view(1)
    except StudentError as error:
        expect("ValueError" in error.bases, f"A ValueError was to be raised here, not {error.known_type}.")
        return
    like = misconceptions.BATCH_AFTER_VIEW
    expect(answer != 400 / 256, "", diagnosis=like["a-fraction-of-a-row"])
    expect(answer not in (1, 2), "", diagnosis=like["remainder-dropped"])
    raise CheckFailure("A ValueError was to be raised here, and nothing was raised.")


def judged(student, kind, report, count, seed=0):
    kernel = in_kernel(student, probes.run_evaluation, probes.pixel_model, memory.on_one_thread)
    seen = kernel.run_evaluation(student.evaluate, kind, count, seed)
    if report in ("mistakes", "by_index"):
        rows = isinstance(seen.get(report), np.ndarray)
        expect(rows, "The mistakes are a list of (index, true, predicted, confidence).")
    what = {"accuracy": "the accuracy", "confusion": "the confusion matrix"}.get(report, "the list of mistakes")
    expect_close(seen[report], reference.evaluation(count, _kind=kind, _report=report, _seed=seed),
                 like=misconceptions.LENET_EVALUATE, rtol=1e-5, atol=1e-5, what=what)


@task("lenet-evaluate")
def test_accuracy_of_a_small_model(student):
    """A small model whose scores are ten of the image's pixels, on 40 images: the accuracy."""
    judged(student, "plain", "accuracy", 40)


@task("lenet-evaluate")
def test_confusion_of_a_small_model(student):
    """The same model: the confusion matrix, a row for each true class."""
    judged(student, "plain", "confusion", 40)


@task("lenet-evaluate")
def test_mistakes_of_a_small_model(student):
    """The same model: the ten most confident mistakes."""
    judged(student, "plain", "mistakes", 40)


@task("lenet-evaluate")
def test_images_scaled_and_padded(student):
    """A model that reads pixels of the 32x32 image, on 8 images: predictions and confidence."""
    judged(student, "prepared", "by_index", 8)


@task("lenet-evaluate")
def test_a_model_in_training_mode(student):
    """A model that comes in training mode, and computes otherwise there, on 60 images."""
    judged(student, "mode", "accuracy", 60)


# --- keras-cnn -----------------------------------------------------------------------------------------------------


def keras_model(student, options):
    kernel = in_kernel(student, probes.run_keras, probes.form_of, probes.quietly)
    seen = kernel.run_keras(student.build_cnn, options, 40, 0)
    if not isinstance(seen["form"], dict):
        raise CheckFailure("build_cnn returns a Keras model; something else came back.")
    return seen, seen["form"]


def has_the_shapes(form, input_shape=(28, 28, 1), num_classes=10):
    known, turned = misconceptions.KERAS_CNN, (None, input_shape[2], *input_shape[:2])
    expect(form["input"] != turned, "", diagnosis=known["channels-first"])
    expect(form["input"] != (None, 28, 28, 1) or input_shape == (28, 28, 1), "",
           diagnosis=known["input-shape-ignored"])
    expect(form["input"] == (None, *input_shape), f"The network's input has shape {form['input']}.")
    expect(form["output"] != (None, 10) or num_classes == 10, "", diagnosis=known["classes-ignored"])
    expect(form["output"] == (None, num_classes), f"The network's output has shape {form['output']}.")


@task("keras-cnn")
def test_two_shapes(student):
    """With its defaults the network is for 28x28x1 and ten classes; another is for 20x24x3 and four."""
    for options in ({}, {"input_shape": (20, 24, 3), "num_classes": 4}):
        _, form = keras_model(student, options)
        has_the_shapes(form, **options)
        convolutions = any("Conv" in layer for layer in form["layers"])
        expect(convolutions, "", diagnosis=misconceptions.KERAS_CNN["no-convolution"])


@task("keras-cnn")
def test_probabilities_of_ten_classes(student):
    """For each image come ten probabilities, which add up to 1."""
    seen, form = keras_model(student, {})
    has_the_shapes(form)
    answers, known = seen["probabilities"], misconceptions.KERAS_CNN
    inside = bool((answers >= 0).all() and (answers <= 1).all())
    expect(inside, "", diagnosis=known["logits-returned" if form["from_logits"] else "logits-taken-for-probabilities"])
    expect(bool(np.allclose(answers.sum(axis=1), 1, atol=1e-3)), "", diagnosis=known["sigmoid-at-the-end"])


@task("keras-cnn")
def test_ready_to_be_trained(student):
    """The model is compiled with the sparse categorical cross-entropy of probabilities, and reports its accuracy."""
    seen, form = keras_model(student, {})
    has_the_shapes(form)
    known = misconceptions.KERAS_CNN
    expect(form["compiled"], "", diagnosis=known["not-compiled"])
    expect(form["loss"] != "categorical_crossentropy", "", diagnosis=known["loss-of-one-hot-labels"])
    expect(form["loss"] != "mean_squared_error", "", diagnosis=known["squared-error"])
    expect(form["loss"] == "sparse_categorical_crossentropy", f"The loss is {form['loss']}.")
    expect(isinstance(seen["metrics"], dict), "The model cannot be evaluated on labels that are whole numbers.")
    expect("accuracy" in seen["metrics"], "", diagnosis=known["accuracy-not-asked-for"])


# --- training ------------------------------------------------------------------------------------------------------


@task("lenet-train")
def test_first_steps_of_lenet(student):
    """Trained on 400 small digits, the network reads most of 200 others, and returns logits."""
    training.expect_first_steps(student, training.LENET, misconceptions.LENET_TRAIN)


@task("mnist-challenge")
def test_first_steps_of_the_challenge(student):
    """Trained on 400 small digits, the classifier reads most of 200 others."""
    training.expect_first_steps(student, training.CHALLENGE, misconceptions.MNIST_CHALLENGE)
