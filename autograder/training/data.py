"""Which images a training task is about, and what it asks for there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import numpy as np

from ..checks import trial
from ..datasets import ImageSet, find_images
from ..datasets.thresholds import table
from ..language import sentences_of

_ = sentences_of(__package__)

BUDGET_S = 60.0  # of CPU time, where the table has no figure for a data set


@dataclass(frozen=True)
class Needed:
    """What a training task asks for on one data set and device.

    tiers: the accuracies on altered test images, rising. budget_s: seconds for one training; clock: of which clock,
    "cpu" (CPU time of the kernel) or "wall". own: False where the device has no figure yet and the CPU's stands in.
    """

    tiers: tuple[float, ...]
    budget_s: float
    clock: str
    own: bool = True


_chosen: list[str] = []


@contextmanager
def using(name: str) -> Iterator[None]:
    """Within it every training task takes the data set `name`, for tests, for the audit and for calibration."""
    _chosen.append(name)
    try:
        yield
    finally:
        _chosen.pop()


def images_for(prefer: str | None = None) -> ImageSet:
    """The data set at hand: the one of `using`, else `prefer` or the digits, else the largest at hand or the digits."""
    if _chosen:
        return _images(_chosen[-1], None)
    return _images(prefer, "digits" if prefer else None)


@cache
def _images(name: str | None, otherwise: str | None) -> ImageSet:
    return find_images(name, otherwise=otherwise)


def in_colour(images: np.ndarray) -> np.ndarray:
    """Grey images (N, H, W) with their values as red, green and blue; colour pictures as they are."""
    return np.repeat(images[..., None], 3, axis=3) if images.ndim == 3 else images


def needed(task: str, name: str) -> Needed:
    """What `task` asks for on the data set `name`, on the device of the trial under way.

    Raises LookupError where nobody has measured it yet (`python -m tools.calibrate`).
    """
    device = trial.current().device
    about = table().get(task, {}).get(name)
    if about is None or "cpu" not in about:
        raise LookupError(
            _("{task} has no threshold on {name} yet: run python -m tools.calibrate {task} --data {name}").format(
                task=task, name=name
            )
        )
    kind = device if device in about else "cpu"
    seconds, clock = budget(task, name)
    return Needed(tuple(about[kind]["tiers"]), seconds, clock, own=kind == device)


def budget(task: str, name: str) -> tuple[float, str]:
    """(seconds, clock) of one training on the device of the trial under way."""
    device = trial.current().device
    known = table().get(task, {}).get(name, {}).get("budget_s", {})
    clock = "cpu" if device == "cpu" else "wall"
    return float(known.get(device, known.get("cpu", BUDGET_S))), clock
