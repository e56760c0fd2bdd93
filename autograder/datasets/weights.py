"""Small pretrained networks that come with the course: `load_pretrained(name)`.

They lie in the course's folder ``weights/``: NAME.safetensors, its model card NAME.md, and NAME.json with what they
were measured to be worth on data that they have not seen. Never pickles. What is too large to come along has NAME.json
alone, which says where it comes from: see `downloads`.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from ..course import Course
from ..language import sentences_of
from . import downloads

_ = sentences_of(__package__)


def folder() -> Path:
    """Where the course's weights lie."""
    return Course.here().folder / "weights"


def names() -> tuple[str, ...]:
    """The pretrained networks that there are."""
    return tuple(sorted(path.stem for path in folder().glob("*.safetensors")))


def weights_file(name: str) -> Path:
    """Where the weights of a network lie. Raises ValueError for an unknown name."""
    if name not in names():
        known = ", ".join([*names(), *remotes()])
        raise ValueError(
            _("name: there is no pretrained network {name!r}, only {known}.").format(name=name, known=known)
        )
    return folder() / f"{name}.safetensors"


def load_pretrained(name: str, *, download: bool = False) -> dict[str, np.ndarray]:
    """The weights of a pretrained network: an array (float32) for each variable's path, such as "conv1/kernel".

    download: fetch what does not come with the course, where it is not on this machine yet. Raises ValueError for an
    unknown name, and `DataError` where such weights cannot be had; the text says what was tried.
    """
    from safetensors.numpy import load_file

    remote = remotes().get(name)
    return load_file(weights_file(name)) if remote is None else downloads.load(name, remote, download=download)


def remotes() -> dict[str, downloads.Remote]:
    """The pretrained networks that do not come with the course, by name."""
    about = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder().glob("*.json"))}
    return {name: downloads.Remote(**one["download"]) for name, one in about.items() if "download" in one}


def measured(name: str) -> dict[str, Any]:
    """What was measured with these weights: accuracies with and without them, and the threshold."""
    found: dict[str, Any] = json.loads((folder() / f"{name}.json").read_text(encoding="utf-8"))
    return found


def lay_out_weights(place: Path) -> None:
    """Copies every network's weights to the folder `place`, readable by every user: that is where kernels find them."""
    place.mkdir()
    for name in names():
        shutil.copyfile(weights_file(name), place / f"{name}.safetensors")
        (place / f"{name}.safetensors").chmod(0o644)
    place.chmod(0o755)
