"""What is expected of a trained model, and which misconception explains what is not as expected.

A registry may have any of the ids that are named here; what it lacks is said in plain words instead.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..bridge.student import Student, StudentError, in_kernel
from ..checks import trial
from ..checks.failure import CheckFailure
from ..checks.once import once
from ..language import sentences_of
from . import data, probes
from .reading import SCORES_ID, Answers
from .tasks import UNITS, Trained, TrainingTask, alike

_ = sentences_of(__package__)

CHANCE = 0.3  # accuracy that permuted labels may leave, for ten classes; the brief training gives 0.1
FLOOR = 0.5  # accuracy below which a model has learned too little for its form to be worth points
FIRST_FLOOR = 0.6
CLOSER = 2.5  # by which factor the loss on its own training images falls when a model sees them as it was trained
UNDECIDED = 0.2  # mean highest probability of a model that has not been trained, for ten classes
BETTER = 0.015  # accuracy that another preparation of the images must gain to be the explanation
SAME = 0.9  # share of images on which two trainings with the same seed agree; without a seed it is near 0.1

ALL_POSITIVE = _(
    "No logit is below zero, for any image; logits may have any sign. Does something stand after the last layer, were "
    "the steps far too large, or was a loss taken that asks for log-probabilities, as `nll_loss` does?"
)
PLAIN = {
    "labels-ignored": _(
        "Trained on labels that were permuted, the network still knows the true ones: it did not learn "
        "them from what it was given. Does the function use its arguments, and not the notebook's arrays?"
    ),
    "constant-answer": _("The network gives the same answer for every image."),
    "never-trained": _(
        "The network answers as one does that was not trained, or far too little: all classes are equally likely to it."
    ),
    "softmax-in-the-network": _("What comes back are probabilities; the network should return logits."),
    "relu-on-the-logits": ALL_POSITIVE,
    "depends-on-the-batch": _("What the network says of an image depends on the other images of the batch."),
    "gradients-pile-up": _(
        "The gradients of earlier steps are added to those of later ones; they have to be cleared "
        "before each backward pass."
    ),
    "answers-vary": _("Asked twice about the same images, the network gives different answers."),
    "seed-ignored": _("Two trainings with the same seed gave different networks."),
    "another-network": _("The network has another number of parameters than the task's."),
}


def expect_accuracy(student: Student, task: TrainingTask, registry: Any, tier: int = 0) -> None:
    """Passes when the model reaches the tier's accuracy on altered test images, and learned it from its labels."""
    seen = _scored(student, task, registry)
    asked = data.needed(task.id, seen.name)
    if seen.accuracy >= FLOOR:
        _honest(student, task, registry)
        # measured is what is believed: the leaderboard ranks by it
        trial.current().measured.update(accuracy=seen.accuracy, train_seconds=seen.seconds)
    if seen.accuracy < asked.tiers[tier]:
        _explain(student, task, registry, seen)
        said = _("{accuracy:.2%} of the altered test images ({name}) are right, and {tiers:.2%}").format(
            accuracy=seen.accuracy, name=seen.name, tiers=asked.tiers[tier]
        )
        raise _stopped(seen, _("{said} are needed.").format(said=said))


def expect_logits(student: Student, task: TrainingTask, registry: Any) -> None:
    """Passes when the model returns logits: numbers of both signs, whose rows are no probabilities."""
    seen = _scored(student, task, registry)
    _form(registry, seen.answers)
    _learned(student, task, registry, seen)


def expect_batch_independent(student: Student, task: TrainingTask, registry: Any) -> None:
    """Passes when what the model says of an image depends neither on the other images nor on the call."""
    seen = _scored(student, task, registry)
    _steady(student, task, registry, seen)
    _learned(student, task, registry, seen)


def expect_seeded(student: Student, task: TrainingTask, registry: Any) -> None:
    """Passes when two trainings with the same seed give the same network.

    On a GPU it passes unasked: there the order of sums, and so the last digits, are open. What is compared are networks
    trained on permuted labels, which have nothing in common but their seed.
    """
    seen = _scored(student, task, registry)
    _learned(student, task, registry, seen)
    if trial.current().device != "cpu":
        return
    first, second = task.on_permuted_labels(student), task.on_permuted_labels(student, again=True)
    if (first.answers.labels == second.answers.labels).mean() < SAME:
        raise _named(registry, "seed-ignored")


def expect_another_form(student: Student, task: TrainingTask, registry: Any) -> None:
    """Passes when the same code also trains on oblong pictures of fewer classes, and its model has as many logits.

    How well it reads those few is not asked: what learns from all images need not get going on some hundred.
    """
    _learned(student, task, registry, _scored(student, task, registry))
    with _naming(registry):
        task.in_another_form(student)


def expect_parameters(student: Student, task: TrainingTask, count: int, registry: Any) -> None:
    """Passes when the model has this many parameters, which the kernel alone can say: the test is `@kernel_says`."""
    trial.current().believed = True
    seen = _scored(student, task, registry)
    _learned(student, task, registry, seen)
    found = in_kernel(student, probes.parameters_of).parameters_of(seen.model)
    if type(found) is not int or found != count:
        raise _named(registry, "another-network")


def expect_first_steps(student: Student, task: TrainingTask, registry: Any) -> None:
    """For the public check: trained on a few hundred digits, the model reads others, in the form that is asked for."""
    with _naming(registry):
        seen = task.first_steps(student)
    _form(registry, seen.answers)
    if seen.piled:
        raise _named(registry, "gradients-pile-up")
    prepared = _trained_on_others(student, task, _ids(registry), seen)
    if prepared is not None:
        raise _named(registry, prepared)
    if seen.accuracy < FIRST_FLOOR:
        _explain(student, task, registry, seen)
        said = _("{accuracy:.0%} of {labels} digits are right, and {first_floor:.0%} are easily reached.").format(
            accuracy=seen.accuracy, labels=len(seen.labels), first_floor=FIRST_FLOOR
        )
        raise _stopped(seen, _("{said} Does the loss fall, and do the labels belong to the images?").format(said=said))


def expect_given_labels(student: Student, task: TrainingTask, registry: Any) -> None:
    """For the public check: code that is given a few digits with mixed-up labels knows nothing of the true ones."""
    with _naming(registry):
        seen = task.on_few_permuted_labels(student)
    if seen.accuracy > CHANCE:
        raise _named(registry, "labels-ignored")


def expect_same_network(student: Student, task: TrainingTask, registry: Any) -> None:
    """For the public check: with the same seed, trained on the same few digits, the network comes out the same."""
    with _naming(registry):
        first, second = task.on_few_permuted_labels(student), task.on_few_permuted_labels(student, again=True)
    if (first.answers.labels == second.answers.labels).mean() < SAME:
        raise _named(registry, "seed-ignored")


def _scored(student: Student, task: TrainingTask, registry: Any) -> Trained:
    with _naming(registry):
        return task.trained(student)


def _learned(student: Student, task: TrainingTask, registry: Any, seen: Trained) -> None:
    """The form of a model earns points when it has learned something, from its labels; be it of images that were
    prepared otherwise than those that it is asked about, for that costs points elsewhere."""
    if not _knows(student, task, registry, seen):
        _explain(student, task, registry, seen)
        raise _stopped(
            seen,
            _("{accuracy:.0%} of the test images are right: too few for this to count.").format(accuracy=seen.accuracy),
        )
    _honest(student, task, registry)


def _honest(student: Student, task: TrainingTask, registry: Any) -> None:
    """Raises when code that was given permuted labels knows the true ones."""
    known = task.on_permuted_labels(student).accuracy
    trial.current().measured["honest"] = float(known <= CHANCE)
    if known > CHANCE:
        raise _named(registry, "labels-ignored")


def _form(registry: Any, answers: Answers) -> None:
    scores = answers.scores
    if scores is None:
        return
    if (scores >= 0).all():
        sums = np.abs(scores.sum(axis=1) - 1).max()
        if sums < 1e-3:
            raise _named(registry, "softmax-in-the-network")
        if (scores == 0).any():  # which a ReLU leaves
            raise _named(registry, "relu-on-the-logits")
        raise CheckFailure(ALL_POSITIVE, fixed=ALL_POSITIVE)


def _steady(student: Student, task: TrainingTask, registry: Any, seen: Trained) -> None:
    few = seen.images[:200]
    first, second = (seen.reads.read(student, seen.model, few, seen.classes) for _ in range(2))
    if not alike(first, second):
        raise _named(registry, "answers-vary")
    if not task.same_in_other_batches(student, seen):
        raise _named(registry, "depends-on-the-batch")


def _explain(student: Student, task: TrainingTask, registry: Any, seen: Trained) -> None:
    """Raises with the misconception that explains a low accuracy; returns where none does. Looked for once."""
    once(student, (task.id, f"{seen.purpose} explained"), lambda: _explained(student, task, registry, seen))


def _explained(student: Student, task: TrainingTask, registry: Any, seen: Trained) -> None:
    if seen.deaf >= FLOOR:
        raise _named(registry, "labels-ignored")
    if not seen.stopped:
        _form(registry, seen.answers)
    # first, because to a network with ReLUs that was trained on 0 to 255, numbers up to 1 are all alike
    prepared = _prepared_otherwise(student, task, registry, seen)
    if prepared is not None:
        raise _named(registry, prepared)
    if seen.answers.scores is not None and _highest(seen.answers.scores) < UNDECIDED:
        raise _named(registry, "never-trained")
    if (seen.answers.labels == seen.answers.labels[0]).all():
        raise _named(registry, "constant-answer")
    _steady(student, task, registry, seen)


def _knows(student: Student, task: TrainingTask, registry: Any, seen: Trained) -> bool:
    """Whether a model has learned something: it reads the images as they are, or prepared in another known way."""
    if seen.accuracy >= FLOOR:
        return True
    return seen.deaf < FLOOR and _prepared_otherwise(student, task, registry, seen) is not None


def _prepared_otherwise(student: Student, task: TrainingTask, registry: Any, seen: Trained) -> str | None:
    """The other way of preparing images, if there is one, in which the model reads them and does clearly better.
    Looked for once."""
    return once(
        student, (task.id, f"{seen.purpose} prepared"), lambda: _found_prepared(student, _ids(registry), seen)
    )


def _trained_on_others(student: Student, task: TrainingTask, known: set[str], seen: Trained) -> str | None:
    """The way of preparing images, if it is another than the one asked for, in which the model was trained on its first
    images: it has learned those nearly by heart, so its loss tells."""
    images, labels = task.first_images()
    plain = seen.reads.read(student, seen.model, images, seen.classes).scores
    if plain is None:
        return None
    best, reached = None, _loss(plain, labels) / CLOSER
    for id, options in seen.reads.otherwise(images):
        if id not in known:
            continue
        try:
            scores = seen.reads.read_otherwise(student, seen.model, images, seen.classes, options).scores
        except (CheckFailure, StudentError):
            continue  # a model that cannot cope with such images was not trained on them
        if scores is not None and _loss(scores, labels) < reached:
            best, reached = id, _loss(scores, labels)
    return best


def _loss(scores: np.ndarray, labels: np.ndarray) -> float:
    """The mean cross-entropy of logits (N, classes)."""
    shifted = scores.astype(np.float64) - scores.max(axis=1, keepdims=True)
    return float((np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]).mean())


def _found_prepared(student: Student, known: set[str], seen: Trained) -> str | None:
    best, reached = None, max(seen.accuracy + BETTER, FLOOR)
    for id, options in seen.reads.otherwise(seen.images):
        if id not in known:
            continue
        try:
            answers = seen.reads.read_otherwise(student, seen.model, seen.images, seen.classes, options)
        except (CheckFailure, StudentError):
            continue  # a model that cannot cope with such images was not trained on them
        right = float((answers.labels == seen.labels).mean())
        if right > reached:
            best, reached = id, right
    return best


def _highest(scores: np.ndarray) -> float:
    """The mean probability of the class that is most likely."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True), dtype=np.float64)
    return float((1 / powers.sum(axis=1)).mean())


def _stopped(seen: Trained, message: str) -> CheckFailure:
    """The failure with this message, which holds the grader's own measurements alone; of a training that was stopped,
    it says so and keeps the reason."""
    if not seen.stopped:
        return CheckFailure(message, fixed=message)
    clock = "cpu" if trial.current().device == "cpu" else "wall"
    spent = f"{seen.budget_s:g} {UNITS[clock]}"
    first = _("The training was stopped after {spent}, and the last model it offered was judged:").format(spent=spent)
    return CheckFailure(f"{first} {message}", reason="timeout", fixed=f"{first} {message}")


def _ids(registry: Any) -> set[str]:
    return {one.id for one in registry}


def _named(registry: Any, id: str) -> CheckFailure:
    """The failure that a misconception's id names, in the registry's words if it has it."""
    if id in _ids(registry):
        return CheckFailure(registry[id].sentence, diagnosis=id, fixed=registry[id].sentence)
    return CheckFailure(PLAIN[id], fixed=PLAIN[id])


class _naming:
    """Takes the name from a failure whose misconception the registry does not have."""

    def __init__(self, registry: Any) -> None:
        self._known = _ids(registry)

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, CheckFailure) and error.diagnosis == SCORES_ID and SCORES_ID not in self._known:
            raise CheckFailure(error.message, fixed=error.fixed) from None
