"""Public checks of fine-tune: a notebook's `fine_tune` on few handwritten digits, watched.

How much better than from scratch it has to be was measured. The grader holds the labels of the images that decide, and
alters those images a little; only images are sent.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.checks.api import CheckFailure, Student, current, expect, if_it_raises, in_kernel, misconceptions, once
from autograder.datasets import find_images, weights
from autograder.training import alter

from ..shared import build_features, expected_pixels

NAME = "mnist"
CLASSES = 8  # of the ten digits, drawn by the seed and numbered anew: a network must learn from what it is given
PER_CLASS, VALIDATION = 10, 4
SERIES = ("loss", "accuracy", "val_loss", "val_accuracy")
LARGEST_CHANGE = 0.6  # of the last convolution, relative to its norm


def test_head(student):
    """The model gives a probability for each class of the training labels."""
    expect_probabilities(fine_tuned(student))


def test_phases(student):
    """The features are frozen at first; after that the top layers learn, and batch normalisation never does."""
    tuned = fine_tuned(student)
    expect_frozen_first(tuned)
    expect_statistics_kept(tuned)
    expect_top_tuned(tuned)


def test_margin(student):
    """With ten labelled images of each class the network reaches the accuracy that is asked for."""
    expect_margin(fine_tuned(student))


@dataclass(frozen=True)
class Problem:
    """Few labelled digits: images float32 in [-1, 1], `(N, 28, 28, 3)`, and labels."""

    train: tuple[np.ndarray, np.ndarray]
    validation: tuple[np.ndarray, np.ndarray]
    test_images: np.ndarray
    test_labels: np.ndarray


@dataclass(frozen=True)
class Tuned:
    """What came of fine-tuning: probabilities for the test images, the history, notes, arrays of the features."""

    answers: np.ndarray
    history: dict[str, list[float]]
    untouched: list[bool]
    after: dict[str, np.ndarray]
    problem: Problem


def problem(seed: int, *, classes: int = CLASSES, per_class: int = PER_CLASS) -> Problem:
    """The digits of one run: which classes, which images and how the test images are altered follow from the seed."""
    rng = np.random.default_rng(seed)
    digits = find_images("digits")
    chosen = rng.permutation(10)[:classes]
    train, validation = [], []
    for digit in chosen:
        places = rng.permutation(np.flatnonzero(digits.train_labels == digit))
        train.append(places[:per_class])
        validation.append(places[per_class : per_class + VALIDATION])
    number = np.full(10, -1)
    number[chosen] = np.arange(classes)
    kept = number[digits.test_labels] >= 0
    altered = alter(digits.test_images[kept], rng)

    def part(lists: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        places = np.concatenate(lists)
        return colour(digits.train_images[places]), number[digits.train_labels[places]]

    return Problem(part(train), part(validation), colour(altered), number[digits.test_labels[kept]])


def colour(images: np.ndarray) -> np.ndarray:
    """Grey uint8 images as the network takes them."""
    return expected_pixels(np.repeat(images[..., None], 3, axis=-1))


def fine_tuned(student: Student) -> Tuned:
    """What the notebook's `fine_tune` makes of few digits; run once for all tests of a submission."""
    seed = zlib.crc32(current().seed)
    task, known = problem(seed), misconceptions.FINE_TUNE

    def ask() -> Any:
        kernel = in_kernel(student, run_fine_tune, build_features)
        arguments = (weights.load_pretrained(NAME), task.train, task.validation, task.test_images, seed % 1000)
        with if_it_raises(known["number-of-classes-fixed"], "InvalidArgumentError"):
            return kernel.run_fine_tune(student.fine_tune, kernel.build_features, *arguments)

    return looked_at(once(student, ("fine-tune", seed), ask), task)


def looked_at(seen: Any, task: Problem) -> Tuned:
    """The report of the kernel, every part of it of the kind it should be."""
    if not isinstance(seen, dict) or not isinstance(seen.get("answers"), np.ndarray):
        raise CheckFailure("fine_tune returns a model and its history; something else came.")
    history = seen.get("history")
    if not isinstance(history, dict) or sorted(history) != sorted(SERIES):
        raise CheckFailure("The history is a dict with loss, accuracy, val_loss and val_accuracy.")
    lengths = {len(values) for values in history.values() if isinstance(values, list)}
    expect(len(lengths) == 1 and 0 not in lengths, "The lists of the history have one number for each epoch.")
    after, untouched = seen.get("after"), seen.get("untouched")
    if not isinstance(after, dict) or not isinstance(untouched, list):
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    before = weights.load_pretrained(NAME)
    same = all(isinstance(after.get(path), np.ndarray) and after[path].shape == before[path].shape for path in wanted())
    expect(same, "The pretrained network has lost its layers.")
    return Tuned(seen["answers"], history, untouched, after, task)


def wanted() -> list[str]:
    """The arrays of the features that are looked at: batch normalisation's statistics, first and last convolution."""
    paths = weights.load_pretrained(NAME)
    return [path for path in paths if "moving" in path or path in ("conv1/kernel", "conv5/kernel")]


def change(tuned: Tuned, path: str) -> float:
    """How far an array of the features went from what it was, relative to its norm."""
    before = weights.load_pretrained(NAME)[path]
    return float(np.linalg.norm(tuned.after[path] - before) / np.linalg.norm(before))


def accuracy(tuned: Tuned) -> float:
    """The share of right answers, counted here."""
    labels = tuned.problem.test_labels
    if tuned.answers.shape[:1] != labels.shape or tuned.answers.ndim != 2:
        raise CheckFailure("The model gives a row of probabilities for each image; something else came.")
    return float(np.mean(tuned.answers.argmax(axis=1) == labels))


def expect_probabilities(tuned: Tuned) -> None:
    """Passes when the model gives probabilities, as many as there are classes, that are not all alike."""
    known = misconceptions.FINE_TUNE
    answers = tuned.answers
    expect(answers.shape == (len(tuned.problem.test_labels), CLASSES),
           "The model is to give as many probabilities as the training labels have classes.")
    expect(bool(np.isfinite(answers).all()), "The model's answers are not finite.")
    positive = bool((answers >= 0).all() and (answers <= 1 + 1e-5).all())
    expect(positive and np.allclose(answers.sum(axis=1), 1, atol=1e-3), "", diagnosis=known["no-softmax"])
    expect(accuracy(tuned) > 2 / CLASSES, "The model has learned nothing.")


def frozen_epochs(tuned: Tuned) -> int:
    """In how many epochs of training the features stayed what they were."""
    epochs = len(tuned.history["loss"])
    other_passes = len(tuned.untouched) - epochs  # to count classes, or to build the model
    expect(other_passes >= 0, "Every epoch has to read `train` anew: cached, it would show the same augmented images.")
    still = tuned.untouched.index(False) if False in tuned.untouched else len(tuned.untouched) + 1
    return still - other_passes - 1


def expect_frozen_first(tuned: Tuned) -> None:
    """Passes when the features do not change in the first epochs, while the head learns."""
    expect(frozen_epochs(tuned) >= 1, "", diagnosis=misconceptions.FINE_TUNE["all-from-the-start"])
    expect(accuracy(tuned) > 2 / CLASSES, "The model has learned nothing.")


def expect_top_tuned(tuned: Tuned) -> None:
    """Passes when the last convolution has changed, by a little, and the first one has not."""
    known = misconceptions.FINE_TUNE
    last = change(tuned, "conv5/kernel")
    expect(last > 1e-5, "", diagnosis=known["never-unfrozen"])
    if frozen_epochs(tuned) >= 1:
        expect(change(tuned, "conv1/kernel") == 0, "", diagnosis=known["everything-unfrozen"])
        expect(last < LARGEST_CHANGE, "", diagnosis=known["rate-destroys-features"])
    expect(change(tuned, "conv1/kernel") == 0, "The first convolution is to stay as it was.")
    expect(accuracy(tuned) > 2 / CLASSES, "The model has learned nothing.")


def expect_statistics_kept(tuned: Tuned) -> None:
    """Passes when no batch normalisation has other means and variances than before."""
    moved = max(change(tuned, path) for path in wanted() if "moving" in path)
    expect(moved == 0, "", diagnosis=misconceptions.FINE_TUNE["batch-norm-trains"])
    expect(accuracy(tuned) > 2 / CLASSES, "The model has learned nothing.")


def expect_margin(tuned: Tuned) -> None:
    """Passes when the accuracy on images that were never shown reaches the threshold."""
    threshold = weights.measured(NAME)["threshold"]
    expect(accuracy(tuned) >= threshold, f"The network is right less often than {threshold:.1%} of the time.")


# Types are left out below: the source runs in the student's kernel, where nothing of this package need exist.


def run_fine_tune(fine_tune, build_features, weights, train, validation, test_images, seed):
    """Fine-tunes `pretrained` on few images and watches it.

    train, validation: (images, labels), float32 in [-1, 1] and int64. Each pass over the training images notes whether
    the features are still what they were: that tells when they were frozen. Reports those notes, what became of some of
    the features' arrays, the history, and the model's answers for `test_images`.
    """
    import numpy
    import tensorflow as tf

    pretrained = build_features(weights=weights)
    kernels = [variable for variable in pretrained.variables if variable.path.endswith("kernel")]
    before = [variable.numpy() for variable in kernels]
    untouched = []
    order = numpy.random.default_rng(seed)
    images, labels = train

    def batches():
        same = all(numpy.array_equal(a, variable.numpy()) for a, variable in zip(before, kernels, strict=True))
        untouched.append(bool(same))
        shuffled = order.permutation(len(labels))
        for start in range(0, len(labels), 32):
            part = shuffled[start : start + 32]
            yield images[part], labels[part]

    shape = (None, *images.shape[1:])
    signature = (tf.TensorSpec(shape, tf.float32), tf.TensorSpec((None,), tf.int64))
    count = -(-len(labels) // 32)
    data = tf.data.Dataset.from_generator(batches, output_signature=signature)
    data = data.apply(tf.data.experimental.assert_cardinality(count))
    answer = fine_tune(pretrained, data, tf.data.Dataset.from_tensor_slices(validation).batch(64), seed=seed)
    if not isinstance(answer, tuple) or len(answer) != 2:
        return {"answers": None}
    model, history = answer
    history = getattr(history, "history", history)
    try:
        history = {str(name): [float(value) for value in values] for name, values in history.items()}
    except (AttributeError, TypeError, ValueError):
        history = None
    answers = numpy.concatenate([
        numpy.asarray(model(test_images[start : start + 128], training=False), numpy.float32)
        for start in range(0, len(test_images), 128)
    ])
    after = {variable.path: variable.numpy() for variable in pretrained.variables}
    wanted = [path for path in after if "moving" in path or path in ("conv1/kernel", "conv5/kernel")]
    return {"answers": answers, "history": history, "untouched": untouched, "after": {p: after[p] for p in wanted}}
