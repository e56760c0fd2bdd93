"""Wrong turns in the memory of training."""

from __future__ import annotations

from autograder.checks.api import Misconceptions

from ..inference_memory.reference import FLOAT32_BYTES, output_sizes
from ..shared import TEXTBOOK
from . import reference as right

TRAINING_MEMORY = Misconceptions("training-memory", right.training_memory, answer=True)


def _sum_up(outputs, inputs, parameters):
    return {"outputs": outputs, "inputs": inputs, "parameters_and_gradients": parameters,
            "total": outputs + inputs + parameters}


def _training_parts(image, maps, batch):
    parts = right.training_memory(image, maps, batch)
    return parts["outputs"], parts["inputs"], parts["parameters_and_gradients"]


@TRAINING_MEMORY.add("one-image-only", section="Training: everything is kept")
def one_image_only(image, maps, batch):
    """This is for one image; in training all images of the batch are in memory."""
    return right.training_memory(image, maps, 1)


@TRAINING_MEMORY.add("gradients-forgotten", section="Training: everything is kept")
def gradients_forgotten(image, maps, batch):
    """The parameters were counted once; in training each has a gradient of the same size."""
    outputs, inputs, parameters = _training_parts(image, maps, batch)
    return _sum_up(outputs, inputs, parameters // 2)


@TRAINING_MEMORY.add("parameters-per-image", section="Training: everything is kept")
def parameters_per_image(image, maps, batch):
    """The parameters and gradients were counted once per image; the whole batch shares them."""
    outputs, inputs, parameters = _training_parts(image, maps, batch)
    return _sum_up(outputs, inputs, parameters * batch)


@TRAINING_MEMORY.add("outputs-freed", section="Training: everything is kept")
def outputs_freed(image, maps, batch):
    """Only the largest output was kept, as if for a prediction; the backward pass needs every layer's output."""
    _, inputs, parameters = _training_parts(image, maps, batch)
    return _sum_up(FLOAT32_BYTES * batch * max(output_sizes(image, maps)), inputs, parameters)


@TRAINING_MEMORY.add("sizes-rounded-down", section="Training: everything is kept")
def sizes_rounded_down(image, maps, batch):
    """Odd sides were rounded down; with "same" padding and stride 2 half of an odd side is rounded up."""
    (height, width, _), numbers = image, 0
    for count in maps:
        height, width = height // 2, width // 2
        numbers += height * width * count
    _, inputs, parameters = _training_parts(image, maps, batch)
    return _sum_up(FLOAT32_BYTES * batch * numbers, inputs, parameters)


@TRAINING_MEMORY.add("inputs-left-out-of-the-total", section="Training: everything is kept")
def inputs_left_out_of_the_total(image, maps, batch):
    """The total leaves out the input images; the first layer's backward pass needs them."""
    outputs, inputs, parameters = _training_parts(image, maps, batch)
    return _sum_up(outputs, inputs, parameters) | {"total": outputs + parameters}


@TRAINING_MEMORY.add("numbers-not-bytes", section="From numbers to bytes")
def training_numbers_not_bytes(solve, image, maps, batch):
    """These are numbers, not bytes; a float32 takes four bytes."""
    return {key: value / FLOAT32_BYTES for key, value in solve(image, maps, batch).items()}


@TRAINING_MEMORY.add("megabytes-not-bytes", section="From numbers to bytes")
def training_megabytes_not_bytes(solve, image, maps, batch):
    """This is in MB; the task asks for bytes."""
    return {key: value / 1e6 for key, value in solve(image, maps, batch).items()}


@TRAINING_MEMORY.add("textbook-numbers", section="Training: everything is kept")
def textbook_numbers(image, maps, batch):
    """These are the textbook's numbers, as the notebook works them out. Your network has numbers of its own."""
    return right.training_memory(**TEXTBOOK)
