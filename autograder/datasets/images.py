"""What every loader returns, and the one rule by which a set without a test part is split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from autograder.language import sentences_of

_ = sentences_of(__package__)


@dataclass(frozen=True, repr=False)
class ImageSet:
    """Pictures and their labels.

    Images are uint8, `(count, height, width)` for grey ones and `(count, height, width, 3)` for colour;
    labels are int64, indices into `classes`. `name` is the data set's ("mnist", "digits", "cifar10", or the
    folder's); `source` says in a few words where it came from.
    """

    name: str
    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    classes: tuple[str, ...]
    source: str

    def __repr__(self) -> str:
        size = "x".join(str(n) for n in self.train_images.shape[1:])
        return _(
            "{name} ({source}): {train_images:,} images to train and {test_images:,} to test, {size}, {classes} classes"
        ).format(
            name=self.name,
            source=self.source,
            train_images=len(self.train_images),
            test_images=len(self.test_images),
            size=size,
            classes=len(self.classes),
        )


def every_fifth(labels: np.ndarray) -> np.ndarray:
    """A fixed stratified split: true for the test images, every fifth of each class in the given order."""
    held = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        held[np.flatnonzero(labels == label)[4::5]] = True
    return held


def split(name: str, images: np.ndarray, labels: np.ndarray, classes: tuple[str, ...], source: str) -> ImageSet:
    """An `ImageSet` from one lot of images, by `every_fifth`."""
    held = every_fifth(labels)
    return ImageSet(name, images[~held], labels[~held], images[held], labels[held], classes, source)
