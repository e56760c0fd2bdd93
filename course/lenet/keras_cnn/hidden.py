"""Hidden checks of keras-cnn."""

import numpy as np

from autograder.checks.api import CheckFailure, expect, expect_close, in_kernel, kernel_says, misconceptions, points

from . import probes, public
from .public import can_be_evaluated, keras_model, reports_accuracy

OPTIONS = {"input_shape": (20, 24, 3), "num_classes": 4}
EPOCHS, BATCH = 10, 8
TOO_FEW = "After the training too few of other pictures are recognised: is the learning rate too high, or far too low?"


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


@points(2)
def test_shapes_of_the_network(student, rng):
    """The network takes images of the given shape, and has an output for each class; both have defaults."""
    for options in (OPTIONS, {}):
        seen, form = keras_model(student, options, int(rng.integers(1000)))
        has_the_shapes(form, **options)
        answers, classes = seen.get("probabilities"), options.get("num_classes", 10)
        there = isinstance(answers, np.ndarray) and answers.shape == (40, classes)
        expect(there, "The network does not give a row with a number for each class for each image.")


@points(1)
@kernel_says
def test_a_convolutional_network(student, rng):
    """There are convolutions in the network."""
    _, form = keras_model(student, {}, int(rng.integers(1000)))
    convolutions = any("Conv" in str(layer) for layer in form["layers"])
    expect(convolutions, "", diagnosis=misconceptions.KERAS_CNN["no-convolution"])


@points(2)
def test_probabilities_come_out(student, rng):
    """For every image the network returns probabilities, which depend on the image."""
    seen, form = keras_model(student, {}, int(rng.integers(1000)))
    has_the_shapes(form)
    answers = probabilities(seen, form)
    expect(bool(np.ptp(answers, axis=0).max() > 1e-7), "Every image gets the same probabilities.")


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


@points(1)
def test_compiled_metric(student, rng):
    """The model reports its accuracy, the share of images whose likeliest class is right."""
    seen, form = keras_model(student, {}, int(rng.integers(1000)))
    has_the_shapes(form)
    trainable(seen, form)
    metrics, labels, answers = seen.get("metrics"), seen.get("labels"), seen.get("probabilities")
    can_be_evaluated(seen)
    reports_accuracy(metrics)
    if not isinstance(answers, np.ndarray) or not isinstance(labels, np.ndarray) or answers.shape[:1] != labels.shape:
        raise CheckFailure("The network does not return a row of numbers for each image.")
    share = float(np.mean(answers.argmax(axis=1) == labels))
    expect_close(metrics["accuracy"], share, atol=1e-3, what="the accuracy on images with drawn labels")


@points(2)
def test_it_learns(student, rng):
    """After a short training on 240 small pictures of three patterns it recognises most of 120 others."""
    seen, form = keras_model(student, {}, 0)
    has_the_shapes(form)
    trainable(seen, form)
    can_be_evaluated(seen)
    # such a network may learn all the same, by chance: the same one did in some trainings, and did not in others
    expect(form.get("shrinks") is not True, "", diagnosis=misconceptions.KERAS_CNN["scaled-twice"])
    pictures, kinds = patterns(rng, 360)
    images, labels, others, truth = pictures[:240], kinds[:240], pictures[240:], kinds[240:]
    kernel, seed = in_kernel(student, probes.run_fit, public.quietly), int(rng.integers(1000))
    answers = kernel.run_fit(student.build_cnn, images, labels, others, EPOCHS, BATCH, seed)
    rows = isinstance(answers, np.ndarray) and answers.shape == (120, 3)
    expect(rows, "After the training the network does not return a row of numbers for each image.")
    share = float(np.mean(answers.argmax(axis=1) == truth))
    # chance is 0.33 with a deviation of 0.04; networks with batch normalisation may still be at 0.65 here
    if share < 0.55:
        raise CheckFailure(f"After the training only {share:.0%} of other pictures are recognised.", fixed=TOO_FEW)


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
