"""Images divided into three sides, without a leak."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

SIDES = ("train", "validation", "test")


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
