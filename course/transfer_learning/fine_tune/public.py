"""Public checks of fine-tune: a notebook's `fine_tune` on few handwritten digits, watched.

How much better than from scratch it has to be was measured. The grader holds the labels of the images that decide, and
alters those images a little; only images are sent.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
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
LARGEST_STEP = 0.06  # in an epoch of three batches: Adam at 0.002 makes 0.02 of it, at 0.01 more than 0.08
LEFT_OVER = 5e-3  # of the logits' norm, that a dense layer on the features may leave unexplained

TRAINS = True  # each check does, for half a minute and more, so that it may take as long as in the training tasks


def test_head(student):
    """The model gives a probability for each class of the training labels."""
    expect_probabilities(fine_tuned(student))


def test_phases(student):
    """The features are frozen at first; then the top layers learn, from `train` alone; batch normalisation never does.
    """
    tuned = fine_tuned(student)
    expect_frozen_first(tuned)
    expect_statistics_kept(tuned)
    expect_small_steps(tuned)
    expect_judged_only(tuned)


def test_margin(student):
    """With ten labelled images of each class the network reaches the accuracies that are asked for."""
    tuned = fine_tuned(student)
    for accuracy_asked in thresholds():
        expect_accuracy(tuned, accuracy_asked)


@dataclass(frozen=True)
class Problem:
    """Few labelled digits: images float32 in [-1, 1], `(N, 28, 28, 3)`, and labels."""

    train: tuple[np.ndarray, np.ndarray]
    validation: tuple[np.ndarray, np.ndarray]
    test_images: np.ndarray
    test_labels: np.ndarray


@dataclass(frozen=True)
class Tuned:
    """What came of fine-tuning: probabilities for the test images, the history, notes, arrays of the features.

    Notes: for each pass over the training images whether all features were `untouched` until then, and how far the last
    convolution had gone since the pass before, relative to what it was at first; a last step is that to the end.
    judged_only: the last convolution was never another one at the next batch of a pass over the validation images.
    """

    answers: np.ndarray
    history: dict[str, list[float]]
    untouched: list[bool]
    steps: list[float]
    judged_only: bool
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
    if not isinstance(history, dict) or not all(isinstance(history.get(name), list) for name in SERIES):
        raise CheckFailure("The history is a dict with the lists loss, accuracy, val_loss and val_accuracy.")
    lengths = {len(history[name]) for name in SERIES}
    expect(len(lengths) == 1 and 0 not in lengths, "The lists of the history have one number for each epoch.")
    after, untouched, steps = seen.get("after"), seen.get("untouched"), seen.get("steps")
    lists = isinstance(untouched, list) and isinstance(steps, list) and all(isinstance(step, float) for step in steps)
    judged_only = seen.get("judged_only")
    if not isinstance(after, dict) or not lists or not isinstance(judged_only, bool):
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    before = weights.load_pretrained(NAME)
    same = all(isinstance(after.get(path), np.ndarray) and after[path].shape == before[path].shape for path in before)
    expect(same, "The pretrained network has lost its layers.")
    return Tuned(seen["answers"], history, untouched, steps, judged_only, after, task)


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


def thresholds() -> tuple[float, float]:
    """The accuracies asked for: halfway from scratch to transfer, as measured, and four deviations below transfer."""
    measured = weights.measured(NAME)
    means = [float(np.mean(measured["check"][way])) for way in ("transfer", "scratch")]
    return round(sum(means) / 2, 3), measured["threshold"]


def expect_probabilities(tuned: Tuned) -> None:
    """Passes when the model gives probabilities, as many as there are classes, that are not all alike."""
    known = misconceptions.FINE_TUNE
    answers = tuned.answers
    expect(answers.shape == (len(tuned.problem.test_labels), CLASSES),
           "The model must give as many probabilities as the training labels have classes.")
    expect(bool(np.isfinite(answers).all()), "The model's answers are not finite.")
    expect(are_probabilities(answers), "", diagnosis=known["no-softmax"])
    expect_learned(tuned)


def are_probabilities(answers: np.ndarray) -> bool:
    """Whether every row holds probabilities that add up to 1."""
    positive = bool((answers >= 0).all() and (answers <= 1 + 1e-5).all())
    return positive and np.allclose(answers.sum(axis=1), 1, atol=1e-3)


def expect_learned(tuned: Tuned) -> None:
    """Passes when the model is better than chance: whoever trains nothing keeps everything as it was."""
    expect(accuracy(tuned) > 2 / CLASSES, "The model has learned nothing.", diagnosis=of_too_large_a_rate(tuned))


def of_too_large_a_rate(tuned: Tuned) -> Any:
    """The name of what a far too large rate of the second phase makes of the features; None where it is not that."""
    if change(tuned, "conv5/kernel") < LARGEST_CHANGE or frozen_epochs(tuned) < 1:
        return None
    return misconceptions.FINE_TUNE["rate-destroys-features"]


def expect_head_on_features(tuned: Tuned) -> None:
    """Passes when the answers are those of one dense layer with a softmax on what `pretrained` gives after training.

    The features are computed here, from the arrays that the kernel says it has: arrays that are not those behind the
    answers do not explain them.
    """
    expect_learned(tuned)
    scores, told = tuned.answers.astype(float), np.ones(len(tuned.answers), bool)
    if are_probabilities(scores):
        told = scores.min(axis=1) > 1e-30  # below, float32 has no digits left
        scores = np.log(np.maximum(scores, 1e-30))
    scores = scores[told] - scores[told].mean(axis=1, keepdims=True)
    features = np.column_stack([features_of(tuned.after, tuned.problem.test_images[told]), np.ones(told.sum())])
    solved = np.linalg.lstsq(features, scores, rcond=None)[0]
    left = np.linalg.norm(features @ solved - scores)
    explained = len(features) > 2 * features.shape[1] and left < LEFT_OVER * np.linalg.norm(scores)
    expect(bool(explained), "The model's answers are not those of one dense layer with a softmax on the features that "
           "`pretrained` gives after the training.")


def features_of(arrays: Mapping[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """What the network of `build_features` with these arrays gives for images `(N, height, width, 3)`, in NumPy."""
    x = images.astype(np.float32)
    for number, stride in enumerate((1, 2, 1, 2, 1), start=1):
        kernel = arrays[f"conv{number}/kernel"]
        gamma, beta, mean, variance = (
            arrays[f"norm{number}/{part}"] for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        missing = [max(0, (-(-side // stride) - 1) * stride + 3 - side) for side in x.shape[1:3]]
        padded = np.pad(x, ((0, 0), *((one // 2, one - one // 2) for one in missing), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))[:, ::stride, ::stride]
        x = np.einsum("nhwcij,ijcf->nhwf", windows, kernel, optimize=True)
        x = np.maximum(gamma * (x - mean) / np.sqrt(variance + 1e-3) + beta, 0)
    return x.mean(axis=(1, 2))


def frozen_epochs(tuned: Tuned) -> float:
    """In how many epochs of training the features stayed what they were.

    An epoch may read `train` more than once, as to judge the model on it, and classes are counted before the first.
    """
    epochs, passes = len(tuned.history["loss"]), len(tuned.untouched)
    expect(passes >= epochs, "Every epoch has to read `train` anew: cached, it would show the same augmented images.")
    in_each, before = divmod(passes, epochs)
    still = tuned.untouched.index(False) if False in tuned.untouched else passes + 1
    return (still - 1 - before) / in_each


def expect_frozen_first(tuned: Tuned) -> None:
    """Passes when the features do not change in the first epochs, while the head learns; the history has both phases.
    """
    expect_learned(tuned)
    expect(frozen_epochs(tuned) >= 1, "", diagnosis=misconceptions.FINE_TUNE["all-from-the-start"])
    expect(begins_untrained(tuned.history["loss"]), "The history does not begin with the epochs of phase one.")


def begins_untrained(losses: list[float]) -> bool:
    """Whether losses are those of a head that was random before the first of them.

    The first epoch's loss is then near that of guessing, log(classes), at any rate from 0.001 to 0.1; a head that has
    learned begins the second phase far below.
    """
    return losses[0] > math.log(CLASSES) / 4


def expect_top_tuned(tuned: Tuned) -> None:
    """Passes when the last convolution has changed, by a little, and the first one has not."""
    known = misconceptions.FINE_TUNE
    expect_head_on_features(tuned)
    last = change(tuned, "conv5/kernel")
    expect(last > 1e-5, "", diagnosis=known["never-unfrozen"])
    first_phase = frozen_epochs(tuned) >= 1
    expect(change(tuned, "conv1/kernel") == 0, "The first convolution should stay as it was.",
           diagnosis=known["everything-unfrozen"] if first_phase else None)
    expect(last < LARGEST_CHANGE, "The last convolution went so far that little of the pretrained one is left.",
           diagnosis=of_too_large_a_rate(tuned))


def expect_small_steps(tuned: Tuned) -> None:
    """Passes when, after a first phase, the top is tuned by a little in each epoch: the kernel says how far it goes."""
    expect_frozen_first(tuned)
    expect_top_tuned(tuned)
    expect(max(tuned.steps, default=0) <= LARGEST_STEP, "", diagnosis=misconceptions.FINE_TUNE["rate-of-the-head"])


def expect_judged_only(tuned: Tuned) -> None:
    """Passes when nothing is learned from the validation images, as far as the last convolution shows it."""
    expect_learned(tuned)
    frozen_epochs(tuned)  # which fails where `train` is not read anew: steps between two of its batches are then unseen
    expect(tuned.judged_only, "", diagnosis=misconceptions.FINE_TUNE["learns-from-validation"])


def expect_statistics_kept(tuned: Tuned) -> None:
    """Passes when no batch normalisation has other means and variances than before."""
    expect_head_on_features(tuned)
    moved = max(change(tuned, path) for path in tuned.after if "moving" in path)
    expect(moved == 0, "", diagnosis=misconceptions.FINE_TUNE["batch-norm-trains"])


def expect_accuracy(tuned: Tuned, threshold: float) -> None:
    """Passes when the accuracy on images that were never shown reaches the threshold."""
    if accuracy(tuned) < threshold:
        said = f"The network is right less often than {threshold:.1%} of the time."
        raise CheckFailure(said, fixed=said)


# Types are left out below: the source runs in the student's kernel, where nothing of this package need exist.


def run_fine_tune(fine_tune, build_features, weights, train, validation, test_images, seed):
    """Fine-tunes `pretrained` on few images and watches it.

    train, validation: (images, labels), float32 in [-1, 1] and int64. Each pass over the training images notes whether
    the features are still what they were, which tells when they were frozen, and how far the last convolution has gone
    since the pass before. One over the validation images notes whether that changes from batch to batch, with no batch
    of training images read in between. Reports those notes, what became of the features' arrays, the history, and the
    model's answers for `test_images`.
    """
    import numpy
    import tensorflow as tf

    pretrained = build_features(weights=weights)
    kernels = [variable for variable in pretrained.variables if variable.path.endswith("kernel")]
    before = [variable.numpy() for variable in kernels]
    untouched, steps, latest, learned, read = [], [], [before[-1]], [], [0]
    order = numpy.random.default_rng(seed)
    images, labels = train

    def note_step():
        now = kernels[-1].numpy()
        steps.append(float(numpy.linalg.norm(now - latest.pop()) / numpy.linalg.norm(before[-1])))
        latest.append(now)

    def batches():
        same = all(numpy.array_equal(a, variable.numpy()) for a, variable in zip(before, kernels, strict=True))
        untouched.append(bool(same))
        note_step()
        shuffled = order.permutation(len(labels))
        for start in range(0, len(labels), 32):
            part = shuffled[start : start + 32]
            read[0] += 1
            yield images[part], labels[part]

    def batches_to_judge_by():
        last, read_then = None, None
        for start in range(0, len(validation[1]), 16):
            now = kernels[-1].numpy()
            learned.append(last is not None and read_then == read[0] and not numpy.array_equal(now, last))
            last, read_then = now, read[0]
            yield tuple(array[start : start + 16] for array in validation)

    shape = (None, *images.shape[1:])
    signature = (tf.TensorSpec(shape, tf.float32), tf.TensorSpec((None,), tf.int64))

    def dataset(generator, size, batch):
        data = tf.data.Dataset.from_generator(generator, output_signature=signature)
        return data.apply(tf.data.experimental.assert_cardinality(-(-size // batch)))

    judged_by = dataset(batches_to_judge_by, len(validation[1]), 16)
    answer = fine_tune(pretrained, dataset(batches, len(labels), 32), judged_by, seed=seed)
    if not isinstance(answer, tuple) or len(answer) != 2:
        return {"answers": None}
    note_step()
    model, history = answer
    history = getattr(history, "history", history)
    try:
        series = ("loss", "accuracy", "val_loss", "val_accuracy")  # there may be more, such as the learning rate
        history = {name: [float(value) for value in history[name]] for name in series}
    except (KeyError, TypeError, ValueError):
        history = None
    answers = numpy.concatenate([
        numpy.asarray(model(test_images[start : start + 128], training=False), numpy.float32)
        for start in range(0, len(test_images), 128)
    ])
    after = {variable.path: variable.numpy() for variable in pretrained.variables}
    return {"answers": answers, "history": history, "untouched": untouched, "steps": steps,
            "judged_only": not any(learned), "after": after}
