"""What padding does to the size of a map."""

from __future__ import annotations

from ..output_size.reference import output_size


def sides_after_padding(size: int, kernel: int) -> dict[str, int]:
    """The side of the map, in pixels, with "same" padding and without, at stride 1; and how often the latter goes."""
    repeats, side = 0, size
    while side >= kernel:
        side, repeats = output_size(side, kernel), repeats + 1
    return {"same": size, "valid": output_size(size, kernel), "valid_repeats": repeats}


def padding_output() -> dict[str, int | str]:
    """What padding does to 28x28 pixels under a 3x3 window, and which pixels a valid convolution reads least."""
    return {**sides_after_padding(28, 3), "least_read": "corners"}
