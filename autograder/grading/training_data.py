"""The images that a notebook gets from ``load_images`` while it is graded: those to train on, and no others."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np

from autograder.datasets import find_images


class TrainingData:
    """A folder with the training part of the images of this machine, made once for all kernels of a worker."""

    def __init__(self) -> None:
        images = find_images()
        self.folder = Path(tempfile.mkdtemp(prefix="autograder-images-"))
        self.folder.chmod(0o755)  # kernels may run as another user
        np.save(self.folder / "train_images.npy", images.train_images)
        np.save(self.folder / "train_labels.npy", images.train_labels)
        (self.folder / "name.txt").write_text(images.name, encoding="utf-8")

    def close(self) -> None:
        """Removes the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
