"""What padding does to the size of a map."""

from __future__ import annotations

from ..output_size.reference import output_size


def padding_output() -> dict[str, int | str]:
    """What padding does to 28x28 pixels under a 3x3 window, and which pixels a valid convolution reads least."""
    repeats, size = 0, 28
    while size >= 3:
        size, repeats = output_size(size, 3), repeats + 1
    return {"same": 28, "valid": output_size(28, 3), "valid_repeats": repeats, "least_read": "corners"}
