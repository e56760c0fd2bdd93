"""How a trained model is asked: what comes back from the kernel, looked at before it counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..bridge.student import Student, in_kernel, type_of
from ..checks.failure import CheckFailure
from ..checks.reading import with_article
from ..language import sentences_of
from . import probes

_ = sentences_of(__package__)

BATCH = 500
NOT_FINITE = _("The network's answers are not finite numbers: the training diverged, as it does at too high a rate.")


@dataclass(frozen=True)
class Answers:
    """What a model said of images: class by class scores (N, classes), where it gives them, and the labels (N,)."""

    labels: np.ndarray
    scores: np.ndarray | None = None


@dataclass(frozen=True)
class Logits:
    """A PyTorch model of images in [0, 1] with `padding` zeros on each side, which returns logits."""

    padding: int = 0

    def read(self, student: Student, model: Any, images: np.ndarray, classes: int, batch: int = BATCH) -> Answers:
        """What the model says of raw images. Raises CheckFailure where that is no table of finite scores."""
        return self._read(student, model, images, classes, batch=batch)

    def otherwise(self, images: np.ndarray) -> Iterator[tuple[str, dict[str, Any]]]:
        """Other ways to prepare images, by the misconception that takes them for the right one."""
        share = images / 255
        mean, spread = float(share.mean()), float(share.std())
        p = self.padding
        yield "not-scaled", {"scale": 255.0}
        yield "scaled-to-minus-one", {"scale": 2.0, "offset": -1.0}
        yield "normalised-outside", {"scale": 1 / spread, "offset": -mean / spread}
        if images.ndim == 4:
            yield "reshaped-not-permuted", {"reshaped": True}
        if p:
            yield "padded-on-one-side", {"padding": [0, 2 * p, 0, 2 * p]}
            yield "resized-instead-of-padded", {"padding": [0, 0, 0, 0], "side": images.shape[1] + 2 * p}

    def read_otherwise(
        self, student: Student, model: Any, images: np.ndarray, classes: int, options: dict[str, Any]
    ) -> Answers:
        """As `read`, for images prepared as `options` say."""
        return self._read(student, model, images, classes, **options)

    def _read(
        self, student: Student, model: Any, images: np.ndarray, classes: int, *, scale: float = 1.0,
        offset: float = 0.0, padding: list[int] | None = None, side: int = 0, reshaped: bool = False,
        batch: int = BATCH,
    ) -> Answers:
        if reshaped:  # such that the kernel, which moves the channels, has what reshaping would have made of the images
            count, height, width, channels = images.shape
            images = np.ascontiguousarray(images.reshape(count, channels, height, width).transpose(0, 2, 3, 1))
        ask = in_kernel(student, probes.logits_of).logits_of
        padding = [self.padding] * 4 if padding is None else padding
        scores = ask(model, images, scale, offset, padding, side, batch)
        if scores is None:
            first = _("A PyTorch model that returns a tensor must come back")
            raise CheckFailure(_("{first}, not {model}").format(first=first, model=_called(model)), fixed=f"{first}.")
        if not isinstance(scores, np.ndarray) or scores.dtype.kind != "f" or scores.shape != (len(images), classes):
            is_array = isinstance(scores, np.ndarray)
            shape = _(", not {shape}").format(shape="x".join(map(str, scores.shape))) if is_array else ""
            first = _("For {images} images the network must return {images}x{classes} logits").format(
                images=len(images), classes=classes
            )
            raise CheckFailure(f"{first}{shape}.", fixed=f"{first}.")
        if not np.isfinite(scores).all():
            raise CheckFailure(NOT_FINITE, fixed=NOT_FINITE)
        return Answers(scores.argmax(axis=1), scores)


@dataclass(frozen=True)
class Labels:
    """An object whose `predict` takes raw images and gives a label for each, in whichever framework."""

    def read(self, student: Student, model: Any, images: np.ndarray, classes: int, batch: int = BATCH) -> Answers:
        """What the model says of raw images. Raises CheckFailure where that is not one label for each."""
        return self._read(student, model, images, classes, batch=batch)

    def otherwise(self, images: np.ndarray) -> Iterator[tuple[str, dict[str, Any]]]:
        """Other ways to prepare images, by the misconception that takes them for the right one."""
        yield "predict-not-scaled", {"scale": 255}

    def read_otherwise(
        self, student: Student, model: Any, images: np.ndarray, classes: int, options: dict[str, Any]
    ) -> Answers:
        """As `read`, for images prepared as `options` say."""
        return self._read(student, model, images, classes, **options)

    def _read(
        self, student: Student, model: Any, images: np.ndarray, classes: int, *, scale: int = 1, batch: int = BATCH
    ) -> Answers:
        answer = in_kernel(student, probes.labels_of).labels_of(model, images, scale, batch)
        if answer is None:
            first = _("An object with a method predict must come back")
            raise CheckFailure(_("{first}, not {model}").format(first=first, model=_called(model)), fixed=f"{first}.")
        if isinstance(answer, str) and answer == NOTHING:
            raise _odd(images, None)
        if isinstance(answer, np.ndarray) and answer.ndim == 2 and answer.shape[0] == len(images) and classes > 1:
            scores = CheckFailure(SCORES, diagnosis=SCORES_ID, fixed=SCORES)
            raise scores if answer.shape[1] == classes else _odd(images, answer)
        if not isinstance(answer, np.ndarray) or answer.shape != (len(images),) or answer.dtype.kind not in "iuf":
            raise _odd(images, answer)
        if not np.isfinite(answer).all() or (answer != np.rint(answer)).any() or not _within(answer, classes):
            message = _("predict must give labels from 0 to {classes}.").format(classes=classes - 1)
            raise CheckFailure(message, fixed=message)
        return Answers(answer.astype(np.int64))


@dataclass(frozen=True)
class Renumbered:
    """A model that was trained with other numbers for the classes; what it says comes in their true ones.

    reads: how it is asked. numbers: for each class, the number that the training had for it.
    """

    reads: Logits | Labels
    numbers: tuple[int, ...]

    def read(self, student: Student, model: Any, images: np.ndarray, classes: int, batch: int = BATCH) -> Answers:
        """What the model says of raw images. Raises CheckFailure as the reader does that it has."""
        return self._true(self.reads.read(student, model, images, classes, batch))

    def otherwise(self, images: np.ndarray) -> Iterator[tuple[str, dict[str, Any]]]:
        """Other ways to prepare images, by the misconception that takes them for the right one."""
        return self.reads.otherwise(images)

    def read_otherwise(
        self, student: Student, model: Any, images: np.ndarray, classes: int, options: dict[str, Any]
    ) -> Answers:
        """As `read`, for images prepared as `options` say."""
        return self._true(self.reads.read_otherwise(student, model, images, classes, options))

    def _true(self, said: Answers) -> Answers:
        scores = None if said.scores is None else said.scores[:, list(self.numbers)]
        return Answers(np.argsort(self.numbers)[said.labels], scores)


NOTHING = "nothing"  # what a probe says where None came back
SCORES_ID = "scores-not-labels"
SCORES = _("predict gives a row of scores for each image; a label is asked for, the class with the highest score.")


def _odd(images: np.ndarray, answer: Any) -> CheckFailure:
    array = isinstance(answer, np.ndarray)
    form = (
        _("an array of shape {shape} and dtype {dtype}.").format(shape=answer.shape, dtype=answer.dtype)
        if array
        else _called(answer)
    )
    first = _("predict must give one label for each of {images} images").format(images=len(images))
    return CheckFailure(_("{first}, not {form}").format(first=first, form=form), fixed=f"{first}.")


def _within(labels: np.ndarray, classes: int) -> bool:
    return bool(len(labels) == 0 or (labels.min() >= 0 and labels.max() < classes))


def _called(model: Any) -> str:
    """What came back instead, to the end of the sentence."""
    return _("None. Is a return missing?") if model is None else f"{with_article(type_of(model))}."
