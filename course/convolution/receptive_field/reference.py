"""How many pixels a stack of layers sees."""

from __future__ import annotations

from collections.abc import Iterable


def receptive_field(layers: Iterable[tuple[int, int, int]]) -> int:
    """How many input pixels, in one direction, one number of the last map depends on.

    layers: (kernel, stride, dilation) from the input on. Each layer widens the field by the distance from its first
    to its last tap, counted in input pixels: that is how far apart its own inputs are (`jump`). No layers see one
    pixel. Raises ValueError for a number below 1.
    """
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        for name, value in {"kernel": kernel, "stride": stride, "dilation": dilation}.items():
            if value < 1:
                raise ValueError(f"{name} must be at least 1, not {value}")
        field += (kernel - 1) * dilation * jump
        jump *= stride
    return int(field)
