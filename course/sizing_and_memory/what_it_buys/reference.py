"""What each measure against a full memory buys."""

from __future__ import annotations


def factors(left: float) -> list[float]:
    """What is left of the outputs' memory with that share of the batch, of both sides, of the bits, of the filters."""
    return [left, left**2, left, left]


def what_quarters_buy() -> dict:
    """The factors where a quarter is left in place of a half."""
    names = ("quarter_batch", "quarter_sides", "eight_bit_activations", "quarter_filters")
    return dict(zip(names, factors(1 / 4), strict=True))


def what_it_buys() -> dict:
    """Factors on the memory of three convolutions' outputs, and which measures leave the parameters as they are.

    The outputs are batch x height x width x maps numbers per layer, so halving both sides leaves a quarter. Half
    the filters in every layer halve the outputs, and leave about a quarter of the weights.
    """
    names = ("half_batch", "half_sides", "sixteen_bit_activations", "half_filters")
    return {
        **dict(zip(names, factors(1 / 2), strict=True)),
        "leaves_parameters_alone": ["half_batch", "half_sides", "sixteen_bit_activations"],
    }
