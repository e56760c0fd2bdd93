"""Pictures in class folders, listed."""

from __future__ import annotations

import warnings
from pathlib import Path

SUFFIXES = (".jpg", ".jpeg", ".png")
FEWEST = 100


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
