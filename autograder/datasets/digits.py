"""The embedded default: the 1,797 real handwritten digits that come inside scikit-learn."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np

from ..language import sentences_of
from .images import ImageSet, split
from .places import DataError

_ = sentences_of(__package__)

SIDE = 28


def load_digits() -> ImageSet:
    """The digits, enlarged from 8x8 to 28x28 by `enlarge`, every fifth of a class for testing."""
    path = digits_file()
    if path is None:
        raise DataError(_("The embedded digits come with scikit-learn, which is not installed."))
    table = np.loadtxt(path, delimiter=",")
    # Each line has 64 grey values from 0 to 16, row by row, and the digit.
    images, labels = enlarge(table[:, :64].reshape(-1, 8, 8) / 16), table[:, 64].astype(np.int64)
    return split("digits", images, labels, tuple("0123456789"), _("scikit-learn's, enlarged from 8x8"))


def digits_file() -> Path | None:
    """scikit-learn's file, found without importing scikit-learn: that would take a second, and SciPy with it."""
    spec = importlib.util.find_spec("sklearn")
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0], "datasets", "data", "digits.csv.gz")
    return path if path.is_file() else None


def enlarge(images: np.ndarray, side: int = SIDE) -> np.ndarray:
    """`(count, n, n)` values in [0, 1] to `(count, side, side)` uint8, by bilinear interpolation.

    Pixels are areas, so their centres lie at half indices; outside the outermost centres the edge's value holds.
    """
    small = images.shape[1]
    centres = np.clip((np.arange(side) + 0.5) * small / side - 0.5, 0, small - 1)
    before = np.minimum(centres.astype(int), small - 2)
    weights = np.zeros((side, small))
    weights[np.arange(side), before] = 1 - (centres - before)
    weights[np.arange(side), before + 1] = centres - before
    found: np.ndarray = np.rint(255 * (weights @ images @ weights.T)).astype(np.uint8)
    return found
