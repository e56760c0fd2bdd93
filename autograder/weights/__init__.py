"""Small pretrained networks that come with the course: `load_pretrained(name)`.

`python -m tools.pretrain NAME` makes NAME.safetensors and its model card, NAME.md; `python -m tools.transfer NAME`
measures what they are worth on data that they have not seen, and keeps it in NAME.json. Never pickles.
"""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent


def names() -> tuple[str, ...]:
    """The pretrained networks that there are."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.safetensors")))


def weights_file(name: str) -> Path:
    """Where the weights of a network lie. Raises ValueError for an unknown name."""
    if name not in names():
        raise ValueError(f"name: there is no pretrained network {name!r}, only {', '.join(names())}.")
    return FOLDER / f"{name}.safetensors"


def load_pretrained(name: str) -> dict[str, np.ndarray]:
    """The weights of a pretrained network: an array (float32) for each variable's path, such as "conv1/kernel"."""
    from safetensors.numpy import load_file

    return load_file(weights_file(name))


@cache
def measured(name: str) -> dict[str, Any]:
    """What `tools.transfer` measured with these weights: accuracies with and without them, and the threshold."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def lay_out_weights(folder: Path) -> None:
    """Copies every network's weights to `folder/weights/`, readable by every user: that is where kernels find them."""
    place = folder / "weights"
    place.mkdir()
    for name in names():
        shutil.copyfile(weights_file(name), place / f"{name}.safetensors")
        (place / f"{name}.safetensors").chmod(0o644)
    place.chmod(0o755)
