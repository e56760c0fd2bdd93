"""Pictures in class folders: finding them, splitting them without a leak, and telling where a pipeline leaks."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

SUFFIXES = (".jpg", ".jpeg", ".png")
FEWEST = 100
SIDES = ("train", "validation", "test")


def index_images(folder: str | Path) -> tuple[list[str], list[int], list[str]]:
    """Paths and labels of the readable images in the class folders of `folder`, and the classes' names, sorted.

    A label is the index of a class's name. A file that cannot be decoded is left out, with a warning that names it.
    Raises ValueError naming the class where fewer than 100 readable images are left.
    """
    paths, labels = [], []
    class_names = sorted(place.name for place in Path(folder).iterdir() if place.is_dir() and place.name[0] != ".")
    for label, name in enumerate(class_names):
        files = sorted(path for path in Path(folder, name).iterdir() if path.suffix.lower() in SUFFIXES)
        readable = [str(path) for path in files if _is_readable(path)]
        if len(readable) < FEWEST:
            raise ValueError(f"class {name}: {len(readable)} readable images, and at least {FEWEST} are needed")
        paths += readable
        labels += [label] * len(readable)
    return paths, labels, class_names


def _is_readable(path: Path) -> bool:
    """Whether the whole picture can be decoded; a file that was cut short often has a perfect header."""
    from PIL import Image

    try:
        with Image.open(path) as picture:
            picture.load()
    except (OSError, SyntaxError):
        warnings.warn(f"{path} cannot be read and is left out", stacklevel=2)
        return False
    return True


def split(
    paths: Sequence[str], labels: Sequence[int], fractions: tuple[float, float, float], seed: int
) -> dict[str, list[int]]:
    """Indices of the images to train on, to validate on and to test on: each class divided by `fractions`.

    Files with the same content stay together. Whole groups of them go, in an order drawn from the seed, to the side
    that still lacks most images of the group's class.
    """
    rng = np.random.default_rng(seed)
    groups: dict[bytes, list[int]] = {}
    for index, path in enumerate(paths):
        groups.setdefault(hashlib.sha256(Path(path).read_bytes()).digest(), []).append(index)
    sizes = {label: list(labels).count(label) for label in set(labels)}
    missing = {label: [fraction * size for fraction in fractions] for label, size in sizes.items()}
    sides: dict[str, list[int]] = {side: [] for side in SIDES}
    alike = list(groups.values())
    order = sorted(rng.permutation(len(alike)), key=lambda number: -len(alike[number]))
    for number in order:  # large groups first: single images then even out what they upset
        lacking = missing[labels[alike[number][0]]]
        chosen = int(np.argmax(lacking))
        for index in alike[number]:
            missing[labels[index]][chosen] -= 1
        sides[SIDES[chosen]] += alike[number]
    return {side: sorted(indices) for side, indices in sides.items()}


def pitfalls() -> dict[str, str | None]:
    """Which kind of leak each of the notebook's pipelines has, None for those that have none."""
    return {
        "A": "statistics", "B": None, "C": "duplicates", "D": "chosen on the test set", "E": "groups",
        "F": "duplicates", "G": None, "H": "statistics", "I": "groups", "J": "chosen on the test set",
    }
