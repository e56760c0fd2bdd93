"""A training task: the notebook's function trained on real data, and on labels that mean nothing."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..bridge.student import Student, in_kernel
from ..checks import trial
from ..checks.failure import CheckFailure
from ..checks.once import once
from ..checks.places import folder_of
from ..course import Course
from ..datasets import ImageSet
from ..language import sentences_of
from . import data, probes
from .alter import alter
from .brought import too_much
from .reading import Answers, Labels, Logits, Renumbered

_ = sentences_of(__package__)

SMALL = 400  # training images of the brief training on permuted labels
FEWEST = 1000  # altered test images; a smaller test set is altered several times over
TESTED_BRIEFLY = 1000
FEW, CROWD = 24, 200  # images that are asked about alone, and of noise that stand in their batch then
FIRST_STEPS = (400, 200)  # digits that the public check trains on, and tests on
FEW_PERMUTED = 100
FIRST_BUDGET_S = 60.0
# Digits in another form, of which a training that reads its sizes from the images takes no notice: fewer classes, and
# rows and columns of black around them (above, below; left, right).
FEWER_CLASSES = 7
AROUND = ((0, 4), (4, 8))


@dataclass(frozen=True)
class Trained:
    """A model that the notebook's function trained, and what it says of altered test images.

    purpose: which training it was. model: a handle; it stays in the kernel. stopped: the budget ended first, and this
    is the last model offered. seconds: wall time of the training. accuracy: share of the altered test images whose true
    label it gives. reads: how the model is asked; it says classes by their true numbers, whichever the training had.
    piled: whether gradients of earlier steps were added to those of later ones, where that was watched.
    deaf: share of the altered test images whose true label it gives in the classes' true numbers, where the training
    had others: what code does that does not listen to the labels it is given.
    """

    purpose: str
    model: Any
    stopped: bool
    seconds: float
    budget_s: float
    name: str
    images: np.ndarray
    labels: np.ndarray
    classes: int
    answers: Answers
    reads: Logits | Labels | Renumbered
    deaf: float
    piled: bool = False

    @property
    def accuracy(self) -> float:
        return float((self.answers.labels == self.labels).mean())


@dataclass(frozen=True)
class TrainingTask:
    """What is asked of one training function.

    id, function: the task's, and the name in the notebook. reads: how its model is asked. colour: images go there as
    (N, H, W, 3), grey ones repeated. prefer: the data set, where nobody chose one and it is at hand; the digits
    otherwise. passes_classes: the function takes `num_classes` too. tiers: the errors that each threshold allows, as
    multiples of those that the reference's mean accuracy less four standard deviations leaves.
    """

    id: str
    function: str
    reads: Logits | Labels
    colour: bool = False
    prefer: str | None = None
    passes_classes: bool = False
    tiers: tuple[float, ...] = (1.0,)

    def trained(self, student: Student) -> Trained:
        """The model trained on all training images; once for each student, however many tests ask.

        The classes are renumbered for it, so that a network that was stored with their true numbers knows nothing.
        Raises CheckFailure where the notebook brings more data than a training needs.
        """
        return once(student, (self.id, "trained"), lambda: self._trained(student))

    def on_permuted_labels(self, student: Student, again: bool = False) -> Trained:
        """The same code trained on a few images whose labels were permuted; its accuracy is on true labels.

        Every class gets every label equally often, so that nothing of the true ones is left. again: trained once more
        in the very same way.
        """
        purpose = "permuted again" if again else "permuted"
        return once(student, (self.id, purpose), lambda: self._permuted(student))

    def first_steps(self, student: Student) -> Trained:
        """Trained on a few hundred digits, tested on others; for the public check."""
        return once(student, (self.id, "first steps"), lambda: self._first_steps(student))

    def on_few_permuted_labels(self, student: Student, again: bool = False) -> Trained:
        """Trained on a hundred digits whose labels were permuted; for the public check. again: once more, alike."""
        purpose = "few permuted again" if again else "few permuted"
        return once(student, (self.id, purpose), lambda: self._few_permuted(student))

    def in_another_form(self, student: Student) -> Trained:
        """Trained on a few hundred digits of fewer classes on oblong pictures, tested on others."""
        return once(student, (self.id, "another form"), lambda: self._in_another_form(student))

    def same_in_other_batches(self, student: Student, seen: Trained) -> bool:
        """Whether a model says the same of a few images when many of noise stand in their batch."""
        few = seen.images[:FEW]
        noise = np.random.default_rng(0).integers(0, 256, (CROWD, *few.shape[1:]), dtype=np.uint8)
        crowd = np.concatenate([few, noise])
        alone = seen.reads.read(student, seen.model, few, seen.classes)
        among = seen.reads.read(student, seen.model, crowd, seen.classes, batch=len(crowd))
        return alike(alone, Answers(among.labels[:FEW], None if among.scores is None else among.scores[:FEW]))

    def plain_accuracy(self, student: Student, seen: Trained) -> float:
        """The model's accuracy on the test images as they are; for benchmarks."""
        images = data.images_for(self.prefer)
        tests = data.in_colour(images.test_images) if self.colour else images.test_images
        answers = seen.reads.read(student, seen.model, tests, seen.classes)
        return float((answers.labels == images.test_labels).mean())

    def _trained(self, student: Student) -> Trained:
        said = too_much(trial.current().source or "")
        if said is not None:
            raise CheckFailure(said, fixed=said)
        images = data.images_for(self.prefer)
        rng = self._rng("altered")
        count = -(-FEWEST // len(images.test_labels))
        tests = np.concatenate([alter(images.test_images, rng) for _ in range(count)])
        labels = np.tile(images.test_labels, count)
        numbers = renumbering(len(images.classes), self._rng("numbers"))
        return self._run(
            "trained", student, images, images.train_images, numbers[images.train_labels], tests, labels,
            numbers=numbers,
        )

    def _permuted(self, student: Student) -> Trained:
        images, rng = data.images_for(self.prefer), self._rng("permuted")
        chosen, labels = permuted(images.train_labels, len(images.classes), rng)
        tested = rng.permutation(len(images.test_labels))[:TESTED_BRIEFLY]
        tests = alter(images.test_images[tested], rng)
        true = images.test_labels[tested]
        return self._run("permuted", student, images, images.train_images[chosen], labels, tests, true)

    def first_images(self) -> tuple[np.ndarray, np.ndarray]:
        """The digits that the first steps train on, as the notebook's function gets them, and their labels."""
        with data.using("digits"):
            images = data.images_for()
        count = FIRST_STEPS[0]
        given = images.train_images[:count]
        return data.in_colour(given) if self.colour else given, images.train_labels[:count]

    def _first_steps(self, student: Student) -> Trained:
        with data.using("digits"):
            images = data.images_for()
        train, test = FIRST_STEPS
        return self._run(
            "first steps", student, images, images.train_images[:train], images.train_labels[:train],
            images.test_images[:test], images.test_labels[:test], (FIRST_BUDGET_S, "cpu"), watched=True,
        )

    def _few_permuted(self, student: Student) -> Trained:
        with data.using("digits"):
            images = data.images_for()
        chosen, labels = permuted(images.train_labels, len(images.classes), self._rng("few"), FEW_PERMUTED)
        test = FIRST_STEPS[1]
        return self._run(
            "few permuted", student, images, images.train_images[chosen], labels, images.test_images[:test],
            images.test_labels[:test], (FIRST_BUDGET_S, "cpu"),
        )

    def _in_another_form(self, student: Student) -> Trained:
        with data.using("digits"):
            images = data.images_for()
        parts: list[np.ndarray] = []
        for pictures, labels, count in zip(
            (images.train_images, images.test_images), (images.train_labels, images.test_labels), FIRST_STEPS,
            strict=True,
        ):
            chosen = np.flatnonzero(labels < FEWER_CLASSES)[:count]
            parts += [np.pad(pictures[chosen], ((0, 0), *AROUND)), labels[chosen]]
        train, train_labels, test, test_labels = parts
        return self._run(
            "another form", student, images, train, train_labels, test, test_labels, (FIRST_BUDGET_S, "cpu"),
            classes=FEWER_CLASSES,
        )

    def _run(
        self, purpose: str, student: Student, images: ImageSet, train_images: np.ndarray, train_labels: np.ndarray,
        test_images: np.ndarray, test_labels: np.ndarray, budget: tuple[float, str] | None = None,
        numbers: np.ndarray | None = None, classes: int | None = None, watched: bool = False,
    ) -> Trained:
        classes = classes or len(images.classes)
        options: dict[str, Any] = {"seed": self._seed(), "device": trial.current().device}
        if self.passes_classes:
            options["num_classes"] = classes
        if self.colour:
            train_images, test_images = data.in_colour(train_images), data.in_colour(test_images)
        seconds, clock = budget or data.budget(self.id, images.name)
        function = getattr(student, self.function)
        kernel = in_kernel(student, probes.run_training, *([probes.run_watched_training] if watched else []))
        train = kernel.run_watched_training if watched else kernel.run_training
        started = time.monotonic()
        said = train(function, np.ascontiguousarray(train_images), train_labels, options, seconds, clock)
        spent = time.monotonic() - started
        if not isinstance(said, dict) or "model" not in said:
            message = _("What came back from the training is not what this check measures there.")
            raise CheckFailure(message, fixed=message)
        stopped = said.get("stopped") is True
        if stopped and said["model"] is None:
            first = _("The training was stopped after {seconds:g} {units}").format(seconds=seconds, units=UNITS[clock])
            message = _("{first}, and no model had been offered until then.").format(first=first)
            raise CheckFailure(message, reason="timeout", fixed=message)
        reads = self.reads if numbers is None else Renumbered(self.reads, tuple(numbers.tolist()))
        answers = reads.read(student, said["model"], test_images, classes)
        deaf = 0.0 if numbers is None else float((numbers[answers.labels] == test_labels).mean())
        return Trained(
            purpose, said["model"], stopped, spent, seconds, images.name, test_images, test_labels, classes, answers,
            reads, deaf, said.get("piled") is True,
        )

    def _seed(self) -> int:
        """The seed that the notebook's function gets: the same in every training of a submission."""
        return int.from_bytes(self._digest("seed")[:4]) >> 1

    def _rng(self, purpose: str) -> np.random.Generator:
        return np.random.default_rng(list(self._digest(purpose)))

    def _digest(self, purpose: str) -> bytes:
        return hashlib.sha256(trial.current().seed + f"|{self.id}|{purpose}".encode()).digest()


def training_task(id: str, course: Course | None = None) -> TrainingTask | None:
    """The `TASK` of a task's ``training.py``; None for a task that trains nothing, and for an unknown one."""
    try:
        folder = folder_of(id, course)
    except KeyError:
        return None
    return folder.part("training").TASK if folder.has("training") else None


def training_tasks(course: Course | None = None) -> dict[str, TrainingTask]:
    """All training tasks of the course, by id."""
    course = course or Course.here()
    ids = [path.parent.name.replace("_", "-") for path in sorted(course.folder.glob("*/*/training.py"))]
    return {id: task for id in ids if (task := training_task(id, course))}


UNITS = {"cpu": _("seconds of CPU time"), "wall": "seconds"}


def alike(a: Answers, b: Answers) -> bool:
    """Whether two answers agree: scores to rounding errors, labels exactly."""
    if a.scores is None or b.scores is None:
        return bool(np.array_equal(a.labels, b.labels))
    size = max(float(np.abs(a.scores).max()), 1e-3)
    return bool(np.abs(a.scores - b.scores).max() < 1e-3 * size)


def renumbering(classes: int, rng: np.random.Generator) -> np.ndarray:
    """(classes,) int64: another number for each class, and none keeps its own."""
    own = np.arange(classes)
    while True:
        numbers = rng.permutation(classes)
        if classes < 2 or (numbers != own).all():
            return numbers.astype(np.int64)


def permuted(
    labels: np.ndarray, classes: int, rng: np.random.Generator, count: int = SMALL
) -> tuple[np.ndarray, np.ndarray]:
    """(indices of training images, labels to train on): equally many images of every class, and among those of each
    class every label equally often, in random order. What the images show tells nothing about the labels."""
    each = min(count // classes, int(np.bincount(labels, minlength=classes).min()))
    each -= each % classes if each >= classes else 0
    indices, given = [], []
    for label in range(classes):
        members = rng.permutation(np.flatnonzero(labels == label))[:each]
        indices.append(members)
        given.append(rng.permutation(np.resize(rng.permutation(classes), len(members))))
    order = rng.permutation(sum(map(len, indices)))
    return np.concatenate(indices)[order], np.concatenate(given)[order].astype(np.int64)
