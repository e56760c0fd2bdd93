"""Small pretrained networks that come with the course: `load_pretrained(name)`.

They lie in the course's folder ``weights/``: NAME.safetensors, its model card NAME.md, and NAME.json with what they
were measured to be worth on data that they have not seen. Never pickles.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from ..course import Course


def folder() -> Path:
    """Where the course's weights lie."""
    return Course.here().folder / "weights"


def names() -> tuple[str, ...]:
    """The pretrained networks that there are."""
    return tuple(sorted(path.stem for path in folder().glob("*.safetensors")))


def weights_file(name: str) -> Path:
    """Where the weights of a network lie. Raises ValueError for an unknown name."""
    if name not in names():
        raise ValueError(f"name: there is no pretrained network {name!r}, only {', '.join(names())}.")
    return folder() / f"{name}.safetensors"


def load_pretrained(name: str) -> dict[str, np.ndarray]:
    """The weights of a pretrained network: an array (float32) for each variable's path, such as "conv1/kernel"."""
    from safetensors.numpy import load_file

    return load_file(weights_file(name))


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
