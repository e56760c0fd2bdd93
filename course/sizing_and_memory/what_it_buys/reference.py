"""What each measure against a full memory buys."""

from __future__ import annotations


def what_it_buys() -> dict:
    """Factors on the memory of three convolutions' outputs, and which measures leave the parameters as they are.

    The outputs are batch x height x width x maps numbers per layer, so halving both sides leaves a quarter. Half
    the filters in every layer halve the outputs, and leave about a quarter of the weights.
    """
    return {
        "half_batch": 1 / 2, "half_sides": 1 / 4, "sixteen_bit_activations": 1 / 2, "half_filters": 1 / 2,
        "leaves_parameters_alone": ["half_batch", "half_sides", "sixteen_bit_activations"],
    }
