"""The images that a notebook gets from ``load_images`` while it is graded: those to train on, and no
others."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from autograder.datasets import find_images
from autograder.datasets.layout import lay_out_training


class TrainingData:
    """A folder with the training part of the images of this machine, made once for all kernels of a
    worker."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="autograder-images-"))
        lay_out_training(find_images(), self.folder)

    def close(self) -> None:
        """Removes the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
