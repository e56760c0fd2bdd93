"""What a student's kernel gets of a data set: the training part, as plain files in a folder it can only read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .images import ImageSet


def lay_out_training(images: ImageSet, folder: Path) -> None:
    """Writes `train_images.npy`, `train_labels.npy` and `name.txt` to `folder`, readable by every user.

    No test image and no test label is written: those stay with the grader.
    """
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "train_images.npy", images.train_images)
    np.save(folder / "train_labels.npy", images.train_labels)
    (folder / "name.txt").write_text(f"{images.name}\n")
    # Where kernels run as a user of their own, that user has to get in.
    folder.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(0o644)
