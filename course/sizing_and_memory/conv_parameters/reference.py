"""How many parameters three convolutions have."""

from __future__ import annotations

from itertools import pairwise

Shape = tuple[int, ...]


def parameter_counts(image: Shape, maps: Shape) -> list[int]:
    """Parameters of each of three 3x3 convolutions with biases: one kernel per map, through all maps that come in."""
    return [(3 * 3 * before + 1) * after for before, after in pairwise([image[2], *maps])]


def conv_parameters(image: Shape, maps: Shape, batch: int) -> dict[str, int]:
    """Parameters of three 3x3 convolutions with biases. They depend neither on the image's sides nor on the batch."""
    counts = parameter_counts(image, maps)
    return {"layer1": counts[0], "layer2": counts[1], "layer3": counts[2], "total": sum(counts)}
