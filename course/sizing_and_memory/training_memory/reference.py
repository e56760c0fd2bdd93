"""What training holds in memory, in bytes."""

from __future__ import annotations

from math import prod

from ..conv_parameters.reference import Shape, parameter_counts
from ..inference_memory.reference import FLOAT32_BYTES, output_sizes


def training_memory(image: Shape, maps: Shape, batch: int) -> dict[str, int]:
    """Bytes to train on a batch: every output is kept for the backward pass, with inputs, parameters, gradients."""
    outputs = FLOAT32_BYTES * batch * sum(output_sizes(image, maps))
    inputs = FLOAT32_BYTES * batch * prod(image)
    parameters = FLOAT32_BYTES * sum(parameter_counts(image, maps))
    return {
        "outputs": outputs, "inputs": inputs, "parameters_and_gradients": 2 * parameters,
        "total": outputs + inputs + 2 * parameters,
    }
