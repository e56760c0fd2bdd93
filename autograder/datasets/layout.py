"""What a student's kernel gets of the data sets: their training parts, as plain files in a folder it can only read.

    index.json                {"default": "mnist", "sets": {"mnist": {"classes": [...], "source": "..."}}}
    mnist/train_images.npy    mnist/train_labels.npy

`default` is what `load_images()` gives, null where the notebook asks for sets by name alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .images import ImageSet


def lay_out_training(sets: Iterable[ImageSet], folder: Path, *, default: str | None) -> None:
    """Writes the training parts of `sets` to `folder`, readable by every user.

    No test image and no test label is written: those stay with the grader.
    """
    index = {}
    for images in sets:
        place = folder / images.name
        place.mkdir(parents=True)
        np.save(place / "train_images.npy", images.train_images)
        np.save(place / "train_labels.npy", images.train_labels)
        index[images.name] = {"classes": list(images.classes), "source": images.source}
        _open_to_all(place, *place.iterdir())
    (folder / "index.json").write_text(json.dumps({"default": default, "sets": index}), encoding="utf-8")
    _open_to_all(folder, folder / "index.json")


def _open_to_all(*paths: Path) -> None:
    """Where kernels run as a user of their own, that user has to get in."""
    for path in paths:
        path.chmod(0o755 if path.is_dir() else 0o644)
