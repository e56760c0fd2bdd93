"""What a prediction holds in memory. Sizes are in bytes; a float32 takes 4."""

from __future__ import annotations

from itertools import pairwise
from math import prod

from ..conv_parameters.reference import Shape, conv_parameters

FLOAT32_BYTES = 4


def output_sizes(image: Shape, maps: Shape) -> list[int]:
    """How many numbers each of three convolutions puts out for one image: stride 2, "same" padding."""
    height, width, _ = image
    sizes = []
    for count in maps:
        height, width = -(-height // 2), -(-width // 2)
        sizes.append(height * width * count)
    return sizes


def inference_memory(image: Shape, maps: Shape, batch: int) -> dict[str, int]:
    """Least bytes to predict one image, when a layer's input is freed as soon as its output exists.

    At the worst moment two consecutive outputs are held (the image counts as the first), and always the parameters.
    """
    held = [prod(image), *output_sizes(image, maps)]
    parameters = conv_parameters(image, maps, batch)["total"]
    return {"total": FLOAT32_BYTES * (max(a + b for a, b in pairwise(held)) + parameters)}
