"""The images that notebooks get from ``load_images`` while they are graded: those to train on, and no others.

They are found and written once, by the process that grades a class, and read by all kernels of the machine.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from autograder.course import Assignment, CourseError
from autograder.datasets import DataError, ImageSet, find_images, lay_out_training
from autograder.datasets.thresholds import NAME, thresholds_file
from autograder.datasets.weights import lay_out_weights
from autograder.language import sentences_of

_ = sentences_of(__package__)

PREFIX = "autograder-images-"
LOCK = ".lock"

# What this process has laid out, by what it holds; the descriptor of its lock, which ends with the process.
_laid_out: dict[tuple[object, ...], tuple[Path, int]] = {}


class TrainingData:
    """The data sets that an assignment's calls of ``load_images`` (``Assignment.images``) lead to on this machine, by
    their ``names``. ``weights``: pretrained networks are laid out with them.

    Raises ``CourseError`` where one is missing.
    """

    def __init__(self, calls: Iterable[tuple[str, ...]], *, weights: bool = True) -> None:
        found = {call: _find(call) for call in sorted(calls, key=bool)}  # what is the default comes first
        self._default = found[()].name if () in found else None
        self._sets = {images.name: images for images in found.values()}
        # The default's first, then those that the notebook asks for by name, in its order.
        self.names = tuple(self._sets)
        self._weights = weights

    @classmethod
    def of(cls, assignment: Assignment) -> TrainingData:
        """What an assignment loads; where a training of its own is graded, without networks that know already."""
        return cls(assignment.images, weights=not assignment.trains)

    @cached_property
    def folder(self) -> Path | None:
        """The folder with the training parts; None if there are no data sets. It goes with this process."""
        sets, self._sets = self._sets, {}  # hundreds of MB that nobody needs any more
        if not sets:
            return None
        key = (self._default, self._weights, *(_identity(images) for images in sets.values()))
        if key not in _laid_out or not _laid_out[key][0].is_dir():
            _remove_abandoned()
            folder = Path(tempfile.mkdtemp(prefix=PREFIX))
            _laid_out[key] = folder, _locked(folder)
            lay_out_training(sets.values(), folder, default=self._default)
            if self._weights:
                lay_out_weights(folder / "weights")
            if thresholds_file().is_file():
                shutil.copyfile(thresholds_file(), folder / NAME)
                (folder / NAME).chmod(0o644)
        return _laid_out[key][0]


def _find(call: tuple[str, ...]) -> ImageSet:
    try:
        return find_images(*call[:1], otherwise=call[1] if len(call) > 1 else None)
    except (DataError, ValueError) as error:
        raise CourseError(_("The assignment's images are missing: {error}").format(error=error)) from error


def _identity(images: ImageSet) -> tuple[object, ...]:
    parts = images.train_images, images.train_labels
    return images.name, *((part.shape, zlib.crc32(part.data)) for part in parts)


def _locked(folder: Path) -> int:
    """Puts a lock into the folder that is held, from its first moment on, for as long as this process lives."""
    lock = os.open(folder / f"{LOCK}-new", os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.rename(folder / f"{LOCK}-new", folder / LOCK)
    return lock


def _remove_abandoned() -> None:
    """Removes what processes laid out that did not live to remove it."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # another user's, or still in use
            lock = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)


@atexit.register
def remove_all() -> None:
    """Removes what this process has laid out."""
    while _laid_out:
        folder, lock = _laid_out.popitem()[1]
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)
