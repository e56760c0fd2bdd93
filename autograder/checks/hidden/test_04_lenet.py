"""Hidden checks of assignment 04."""

import re
from contextlib import contextmanager

import numpy as np
from hypothesis import strategies as st

from autograder.checks import training
from autograder.checks.api import (
    CheckFailure,
    StudentError,
    Tensor,
    cases,
    expect,
    expect_close,
    expect_entry,
    expect_equal,
    in_kernel,
    misconceptions,
    points,
    reference,
    search,
    task,
)
from autograder.checks.probes import lenet as probes
from autograder.checks.probes import memory

SEED = st.integers(0, 50)


# --- lenet-components ----------------------------------------------------------------------------------------------


def component(student, *names):
    for name in names:
        expect_entry(student.lenet_components, name, reference.lenet_components(), like=misconceptions.LENET_COMPONENTS,
                     rtol=0)


@task("lenet-components")
@points(1)
def test_first_convolution(student):
    """C1: output shape and parameters."""
    component(student, "C1")


@task("lenet-components")
@points(1)
def test_first_pooling(student):
    """S2: output shape and parameters."""
    component(student, "S2")


@task("lenet-components")
@points(1)
def test_second_convolution(student):
    """C3, fully connected: output shape and parameters."""
    component(student, "C3")


@task("lenet-components")
@points(1)
def test_second_pooling(student):
    """S4: output shape and parameters."""
    component(student, "S4")


@task("lenet-components")
@points(1)
def test_first_dense_layer(student):
    """C5: units and parameters."""
    component(student, "C5")


@task("lenet-components")
@points(1)
def test_last_layers(student):
    """F6 and the output: units and parameters."""
    component(student, "F6", "output")


@task("lenet-components")
@points(1)
def test_parameters_with_the_papers_table(student):
    """C3 with the paper's connection table: parameters."""
    component(student, "C3_paper")


@task("lenet-components")
@points(1)
def test_total_of_the_layers(student):
    """All parameters of the network, with C3 fully connected."""
    component(student, "total")


# --- lenet-model ---------------------------------------------------------------------------------------------------

KERNELS = [(6, 1, 5, 5), (16, 6, 5, 5)]
NETWORKS = cases(batches=st.sampled_from([(1,), (2,), (3, 1)]), seed=SEED)


@contextmanager
def named_by_text(registry, signs):
    """Names the wrong turn whose sign (a pattern) the text of PyTorch's error shows."""
    try:
        yield
    except StudentError as error:
        for sign, id in signs.items():
            if re.search(sign, error.text):
                raise CheckFailure(registry[id].sentence, details=str(error), diagnosis=id) from error
        raise


def run(student, make, batches, seed=0):
    """What the notebook's network gives (see `run_network`), after a look at the types of the report."""
    kernel = in_kernel(student, probes.run_network, probes.filled, probes.gradient_of_images, probes.shift_of_scores,
                       memory.on_one_thread)
    seen = kernel.run_network(make, list(batches), seed)
    if not isinstance(seen, dict) or not isinstance(seen.get("output"), Tensor):
        raise CheckFailure("A module that returns a tensor is right here; something else came back.")
    if type(seen.get("parameters")) is not int or not isinstance(seen.get("kernels"), list):
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    return seen


def lenet(student, batches, seed=0):
    """As `run` for LeNet5, with the errors named that wrong sizes lead to."""
    signs = {
        r"x400 and 256x": "sixteen-maps-of-four",
        r"\[-1, 256\]": "view-of-256",
        r"\(1x\d+ and 400x|vec \(\d+\)": "batch-flattened",
    }
    with named_by_text(misconceptions.LENET_MODEL, signs):
        return run(student, student.LeNet5, batches, seed)


def has_the_convolutions(seen, registry=None):
    """The two kernels are among the parameters: a network without them earns nothing by other virtues."""
    there = all(kernel in seen["kernels"] for kernel in KERNELS)
    lost = registry["layers-in-a-list"] if registry is not None and not seen["kernels"] else None
    expect(there, "The network has no convolutions to 6 and to 16 maps with 5x5 kernels.", diagnosis=lost)


@task("lenet-model")
@points(3)
@search(NETWORKS, examples=4)
def test_parameters_of_lenet(student, case):
    """The network has 61,706 parameters."""
    seen = lenet(student, (2,), case.seed)
    right = reference.lenet((2,), _report="parameters", _seed=case.seed)
    expect_equal(seen["parameters"], right, like=misconceptions.LENET_MODEL, what="the number of parameters")
    expect(bool(np.isfinite(seen["output"].array).all()), "The output has numbers that are not finite.")


@task("lenet-model")
@points(3)
def test_a_row_for_each_image(student):
    """Every image has a row of ten scores, whatever the batch: 16 images, or a single one."""
    for batches in ((16,), (2, 1)):
        seen = lenet(student, batches)
        right = reference.lenet(batches, _report="shapes")
        expect_equal(seen["shapes"], right, like=misconceptions.LENET_MODEL, what="the list of the outputs' shapes")
        has_the_convolutions(seen, misconceptions.LENET_MODEL)


@task("lenet-model")
@points(5)
@search(NETWORKS, examples=8)
def test_scores_of_lenet(student, case):
    """For given weights the scores are right."""
    seen = lenet(student, case.batches, case.seed)
    has_the_convolutions(seen, misconceptions.LENET_MODEL)
    expect_close(seen["output"], reference.lenet(case.batches, _seed=case.seed), like=misconceptions.LENET_MODEL,
                 framework="torch", what="the output")


@task("lenet-model")
@points(2)
@search(NETWORKS, examples=4)
def test_logits_come_out(student, case):
    """The scores are logits: nothing follows the last layer, so its biases move them one to one."""
    seen = lenet(student, (2,), case.seed)
    has_the_convolutions(seen, misconceptions.LENET_MODEL)
    expect(seen.get("shift") is not None, "The network has no layer with ten biases.")
    expect_close(seen["shift"], reference.lenet((2,), _report="shift", _seed=case.seed),
                 like=misconceptions.LENET_MODEL, framework="torch", atol=1e-4, what="the change of the scores")


@task("lenet-model")
@points(1)
def test_gradient_reaches_the_image(student):
    """The gradient flows through the whole network, back to the image."""
    seen = lenet(student, (2,))
    has_the_convolutions(seen, misconceptions.LENET_MODEL)
    gradient = seen.get("gradient")
    expect(isinstance(gradient, Tensor), "No gradient reaches the image.")
    values = gradient.array
    expect(values.shape == (2, 1, 32, 32) and bool(np.isfinite(values).all()), "The image's gradient is not finite.")
    expect(bool(np.abs(values).max() > 0), "The gradient of the image is zero.")


@task("lenet-model")
@points(1)
def test_the_same_in_both_modes(student):
    """The network computes the same in training and in evaluation mode."""
    seen = lenet(student, (3,))
    has_the_convolutions(seen, misconceptions.LENET_MODEL)
    both = [seen.get("training"), seen.get("evaluation")]
    expect(all(isinstance(one, Tensor) for one in both), "In training mode something else than a tensor comes back.")
    one, other = (value.array for value in both)
    same = one.shape == other.shape and np.allclose(one, other, rtol=1e-4, atol=1e-5)
    expect(bool(same), "", diagnosis=misconceptions.LENET_MODEL["dropout-added"])


# --- lenet-repair --------------------------------------------------------------------------------------------------


def repaired(student, batches, seed=0):
    """As `run` for RepairedLeNet, with the errors named that half a repair leads to."""
    signs = {r"x400 and 256x": "only-the-view", r"x256 and 400x": "only-the-layer"}
    with named_by_text(misconceptions.LENET_REPAIR, signs):
        seen = run(student, student.RepairedLeNet, batches, seed)
    has_the_convolutions(seen)
    return seen


@task("lenet-repair")
@points(2)
def test_parameters_of_the_repaired_network(student):
    """The repaired network has the parameters that its layers need."""
    seen = repaired(student, (16,))
    right = reference.repaired((16,), _report="parameters")
    expect_equal(seen["parameters"], right, like=misconceptions.LENET_REPAIR, what="the number of parameters")
    expect(bool(np.isfinite(seen["output"].array).all()), "The output has numbers that are not finite.")


@task("lenet-repair")
@points(2)
def test_the_batch_stays(student):
    """As many rows of scores come out as images went in: 16, 64, 5, 1."""
    for batches in ((16, 64), (5, 1)):
        seen = repaired(student, batches)
        right = reference.repaired(batches, _report="shapes")
        expect_equal(seen["shapes"], right, like=misconceptions.LENET_REPAIR, what="the list of the outputs' shapes")


@task("lenet-repair")
@points(4)
@search(cases(images=st.sampled_from([16, 32]), few=st.integers(1, 4), seed=SEED), examples=5)
def test_scores_of_the_repaired_network(student, case):
    """For given weights the scores are right: besides the repair nothing has changed."""
    for batches in ((case.images,), (case.few,)):
        seen = repaired(student, batches, case.seed)
        expect_close(seen["output"], reference.repaired(batches, _seed=case.seed), like=misconceptions.LENET_REPAIR,
                     framework="torch", what="the output")


@task("lenet-repair")
@points(2)
@search(cases(batch=st.integers(1, 40).map(lambda n: 16 * n)), examples=15)
def test_rows_that_the_view_makes(student, case):
    """batch_after_view gives the number of rows for batches whose numbers fill them."""
    registry = misconceptions.BATCH_AFTER_VIEW
    right = reference.batch_after_view(case.batch)
    answer = student.batch_after_view(case.batch)
    expect(type(answer) is not float or answer != right.value, "", diagnosis=registry["a-fraction-of-a-row"])
    expect_equal(answer, right, like=registry, what="the number of rows")


@task("lenet-repair")
@points(2)
@search(cases(batch=st.integers(1, 640).filter(lambda n: n % 16)), examples=15)
def test_batches_that_the_view_refuses(student, case):
    """batch_after_view raises a ValueError where the numbers do not fill whole rows."""
    registry = misconceptions.BATCH_AFTER_VIEW
    try:
        answer = student.batch_after_view(case.batch)
    except StudentError as error:
        expect("ValueError" in error.bases, f"A ValueError was to be raised here, not {error.known_type}.")
        return
    exact = case.batch * 400 / 256
    expect(not (type(answer) is float and answer == exact), "", diagnosis=registry["a-fraction-of-a-row"])
    near = type(answer) is int and abs(answer - exact) < 1
    expect(not near, "", diagnosis=registry["remainder-dropped"])
    raise CheckFailure("A ValueError was to be raised here, and nothing was raised.")


# --- lenet-evaluate ------------------------------------------------------------------------------------------------


def evaluated(student, kind, count, seed):
    """What `evaluate` makes of drawn images (see `run_evaluation`)."""
    kernel = in_kernel(student, probes.run_evaluation, probes.pixel_model, memory.on_one_thread)
    seen = kernel.run_evaluation(student.evaluate, kind, count, seed)
    if not isinstance(seen, dict) or not {"accuracy", "confusion", "mistakes"} <= seen.keys():
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    return seen


def judged(student, kind, report, count, seed):
    """Compares one field of the evaluation."""
    seen = evaluated(student, kind, count, seed)
    if report in ("mistakes", "by_index"):
        rows = isinstance(seen.get(report), np.ndarray)
        expect(rows, "The mistakes are a list of (index, true, predicted, confidence).")
    what = {"accuracy": "the accuracy", "confusion": "the confusion matrix"}.get(report, "the list of mistakes")
    expect_close(seen[report], reference.evaluation(count, _kind=kind, _report=report, _seed=seed),
                 like=misconceptions.LENET_EVALUATE, rtol=1e-5, atol=1e-5, what=what)
    return seen


@task("lenet-evaluate")
@points(1)
@search(cases(images=st.integers(2, 60), seed=SEED), examples=8)
def test_accuracy(student, case):
    """The accuracy is the share of images whose class is predicted right."""
    judged(student, "plain", "accuracy", case.images, case.seed)


@task("lenet-evaluate")
@points(3)
@search(cases(images=st.integers(1, 60), seed=SEED), examples=10)
def test_confusion_matrix(student, case):
    """The confusion matrix counts, for each true class (row), how often each class (column) was predicted."""
    judged(student, "plain", "confusion", case.images, case.seed)


@task("lenet-evaluate")
@points(3)
@search(cases(images=st.integers(20, 60), seed=SEED), examples=10)
def test_ten_most_confident_mistakes(student, case):
    """The mistakes are the ten most confident ones, with index, true class, predicted class and confidence."""
    judged(student, "plain", "mistakes", case.images, case.seed)


@task("lenet-evaluate")
@points(1)
@search(cases(images=st.integers(24, 48), seed=SEED), examples=6)
def test_ties_and_few_mistakes(student, case):
    """Equally confident mistakes keep the images' order, and where there are fewer than ten, fewer are listed."""
    judged(student, "ties", "mistakes", case.images, case.seed)
    judged(student, "sure", "mistakes", case.images, case.seed)


@task("lenet-evaluate")
@points(1)
@search(cases(images=st.integers(4, 10), seed=SEED), examples=6)
def test_images_are_prepared_as_in_training(student, case):
    """Raw images are scaled to [0, 1] and padded with two rows and columns of zeros on each side, nothing else."""
    seen = judged(student, "prepared", "by_index", case.images, case.seed)
    expect(seen.get("sizes") == [(32, 32)], "The network is to get images of 32x32 pixels.")


@task("lenet-evaluate")
@points(1)
@search(cases(images=st.integers(50, 90), seed=SEED), examples=4)
def test_evaluation_mode(student, case):
    """The network is put into evaluation mode, and nothing is recorded for a backward pass."""
    seen = judged(student, "mode", "accuracy", case.images, case.seed)
    expect(seen.get("graph") is False, "", diagnosis=misconceptions.LENET_EVALUATE["gradients-recorded"])


# --- keras-cnn -----------------------------------------------------------------------------------------------------

OPTIONS = {"input_shape": (20, 24, 3), "num_classes": 4}
EPOCHS, BATCH = 10, 8


def keras_model(student, options, seed):
    """What the notebook's Keras model says and computes (see `run_keras`), after a look at the types of the report."""
    kernel = in_kernel(student, probes.run_keras, probes.form_of, probes.quietly)
    seen = kernel.run_keras(student.build_cnn, options, 40, seed)
    form = seen.get("form") if isinstance(seen, dict) else None
    if not isinstance(form, dict) or not isinstance(form.get("layers"), list):
        raise CheckFailure("build_cnn returns a Keras model; something else came back.")
    return seen, form


def has_the_shapes(form, input_shape=(28, 28, 1), num_classes=10):
    """The model's input and output are as asked for."""
    known, turned = misconceptions.KERAS_CNN, (None, input_shape[2], *input_shape[:2])
    found = form.get("input")
    expect(found != turned, "", diagnosis=known["channels-first"])
    expect(found != (None, 28, 28, 1) or input_shape == (28, 28, 1), "", diagnosis=known["input-shape-ignored"])
    expect(found == (None, *input_shape), "The network's input does not have the shape that was asked for.")
    expect(form.get("output") != (None, 10) or num_classes == 10, "", diagnosis=known["classes-ignored"])
    expect(form.get("output") == (None, num_classes), "The network does not have one output for each class.")


def probabilities(seen, form, num_classes=10):
    """The model's answers for 40 images, float64, which have to be probabilities."""
    answers, known = seen.get("probabilities"), misconceptions.KERAS_CNN
    if not isinstance(answers, np.ndarray) or answers.shape != (40, num_classes) or answers.dtype.kind != "f":
        raise CheckFailure("The network does not return a row of numbers for each image.")
    answers = answers.astype(float)
    expect(bool(np.isfinite(answers).all()), "The network returns numbers that are not finite.")
    inside = bool((answers >= 0).all() and (answers <= 1).all())
    logits = known["logits-returned" if form.get("from_logits") else "logits-taken-for-probabilities"]
    expect(inside, "", diagnosis=logits)
    expect(bool(np.allclose(answers.sum(axis=1), 1, atol=1e-3)), "", diagnosis=known["sigmoid-at-the-end"])
    return answers


def trainable(seen, form):
    """The model is compiled, with a loss for labels that are whole numbers."""
    known, loss = misconceptions.KERAS_CNN, str(form.get("loss"))
    expect(form.get("compiled") is True, "", diagnosis=known["not-compiled"])
    expect(loss != "categorical_crossentropy", "", diagnosis=known["loss-of-one-hot-labels"])
    expect(loss != "mean_squared_error", "", diagnosis=known["squared-error"])


@task("keras-cnn")
@points(2)
def test_shapes_of_the_network(student, rng):
    """A convolutional network for images of the given shape, with an output for each class; both have defaults."""
    for options in (OPTIONS, {}):
        _, form = keras_model(student, options, int(rng.integers(1000)))
        has_the_shapes(form, **options)
        convolutions = any("Conv" in str(layer) for layer in form["layers"])
        expect(convolutions, "", diagnosis=misconceptions.KERAS_CNN["no-convolution"])


@task("keras-cnn")
@points(2)
def test_probabilities_come_out(student, rng):
    """For every image the network returns probabilities, which depend on the image."""
    seen, form = keras_model(student, {}, int(rng.integers(1000)))
    has_the_shapes(form)
    answers = probabilities(seen, form)
    expect(bool(np.ptp(answers, axis=0).max() > 1e-7), "Every image gets the same probabilities.")


@task("keras-cnn")
@points(2)
def test_compiled_loss(student, rng):
    """The model is compiled with the sparse categorical cross-entropy of its probabilities."""
    seen, form = keras_model(student, {}, int(rng.integers(1000)))
    has_the_shapes(form)
    trainable(seen, form)
    answers, labels = probabilities(seen, form), seen.get("labels")
    expect(isinstance(labels, np.ndarray) and labels.shape == (40,), "The labels did not come back.")
    expect(form.get("from_logits") is not True, "", diagnosis=misconceptions.KERAS_CNN["softmax-twice"])
    right = float(np.mean(-np.log(np.maximum(answers[np.arange(40), labels], 1e-7))))
    expect_close(seen.get("loss"), right, rtol=1e-3, what="the loss on images with drawn labels")


@task("keras-cnn")
@points(1)
def test_compiled_metric(student, rng):
    """The model reports its accuracy, the share of images whose likeliest class is right."""
    seen, form = keras_model(student, {}, int(rng.integers(1000)))
    has_the_shapes(form)
    trainable(seen, form)
    metrics, labels, answers = seen.get("metrics"), seen.get("labels"), seen.get("probabilities")
    expect(isinstance(metrics, dict), "The model cannot be evaluated on labels that are whole numbers.")
    expect("accuracy" in metrics, "", diagnosis=misconceptions.KERAS_CNN["accuracy-not-asked-for"])
    if not isinstance(answers, np.ndarray) or not isinstance(labels, np.ndarray) or answers.shape[:1] != labels.shape:
        raise CheckFailure("The network does not return a row of numbers for each image.")
    share = float(np.mean(answers.argmax(axis=1) == labels))
    expect_close(metrics["accuracy"], share, atol=1e-3, what="the accuracy on images with drawn labels")


@task("keras-cnn")
@points(3)
def test_it_learns(student, rng):
    """After a short training on 240 small pictures of three patterns it recognises most of 120 others."""
    seen, form = keras_model(student, {}, 0)
    has_the_shapes(form)
    trainable(seen, form)
    pictures, kinds = patterns(rng, 360)
    images, labels, others, truth = pictures[:240], kinds[:240], pictures[240:], kinds[240:]
    kernel, seed = in_kernel(student, probes.run_fit, probes.quietly), int(rng.integers(1000))
    answers = kernel.run_fit(student.build_cnn, images, labels, others, EPOCHS, BATCH, seed)
    rows = isinstance(answers, np.ndarray) and answers.shape == (120, 3)
    expect(rows, "After the training the network does not return a row of numbers for each image.")
    share = float(np.mean(answers.argmax(axis=1) == truth))
    scaled = misconceptions.KERAS_CNN["scaled-twice"] if form.get("shrinks") is True else None
    # chance is 0.33 with a deviation of 0.04; networks with batch normalisation may still be at 0.65 here
    expect(share >= 0.55, f"After the training only {share:.0%} of other pictures are recognised.", diagnosis=scaled)


def patterns(rng, count):
    """Pictures (count, 20, 20, 1) uint8 of three patterns, blocks under stripes, and which of them each is."""
    labels = np.concatenate([np.arange(3), rng.integers(0, 3, count - 3)])
    blocks = np.kron(rng.permuted(np.arange(75) % 2).reshape(3, 5, 5), np.ones((4, 4)))
    rows, columns = np.mgrid[:20, :20]
    directions = [(rows, columns, rows + columns)[i] for i in rng.permutation(3)]
    pictures = np.empty((count, 20, 20, 1))
    for picture, label in zip(pictures, labels, strict=True):
        stripes = (directions[label] + rng.integers(6)) % 6 < 3
        picture[..., 0] = 40 + 90 * blocks[label] + 100 * stripes
    pictures += rng.normal(0, 15, pictures.shape)
    return pictures.clip(0, 255).astype(np.uint8), labels


# --- training ------------------------------------------------------------------------------------------------------


@task("lenet-train")
@points(8)
def test_trained_to_the_threshold(student):
    """On images it has not seen, each altered a little, the network reaches the accuracy that the notebook states."""
    training.expect_accuracy(student, training.LENET, misconceptions.LENET_TRAIN)


@task("lenet-train")
@points(2)
def test_logits_of_the_trained_network(student):
    """The trained network returns logits: ten numbers for each image, of either sign, that need not add up to 1."""
    training.expect_logits(student, training.LENET, misconceptions.LENET_TRAIN)


@task("lenet-train")
@points(2)
def test_one_image_at_a_time(student):
    """What the trained network says of an image does not depend on the other images of its batch."""
    training.expect_batch_independent(student, training.LENET, misconceptions.LENET_TRAIN)


@task("lenet-train")
@points(2)
def test_the_seed_decides(student):
    """Two trainings with the same seed give the same network; on a GPU, where the order of sums is open, not asked."""
    training.expect_seeded(student, training.LENET, misconceptions.LENET_TRAIN)


@task("lenet-train")
@points(1)
def test_it_is_lenet(student):
    """The trained network has LeNet-5's 61,706 parameters."""
    training.expect_parameters(student, training.LENET, 61_706, misconceptions.LENET_TRAIN)


@task("mnist-challenge")
@points(5)
def test_first_tier(student):
    """On images it has not seen, each altered a little, the classifier reaches the first of the three accuracies."""
    training.expect_accuracy(student, training.CHALLENGE, misconceptions.MNIST_CHALLENGE, tier=0)


@task("mnist-challenge")
@points(4)
def test_second_tier(student):
    """The classifier reaches the second of the three accuracies."""
    training.expect_accuracy(student, training.CHALLENGE, misconceptions.MNIST_CHALLENGE, tier=1)


@task("mnist-challenge")
@points(4)
def test_third_tier(student):
    """The classifier reaches the third of the three accuracies, which is hard."""
    training.expect_accuracy(student, training.CHALLENGE, misconceptions.MNIST_CHALLENGE, tier=2)


@task("mnist-challenge")
@points(2)
def test_answers_are_steady(student):
    """The classifier's answer to an image is the same each time, and in every batch."""
    training.expect_batch_independent(student, training.CHALLENGE, misconceptions.MNIST_CHALLENGE)
