"""Wrong turns in the memory of a prediction."""

from __future__ import annotations

from itertools import pairwise
from math import prod

from autograder.checks.api import Misconceptions

from ..shared import TEXTBOOK
from . import reference as right
from .reference import FLOAT32_BYTES

INFERENCE_MEMORY = Misconceptions("inference-memory", right.inference_memory, answer=True)


def _held(image, maps, numbers, copies=1):
    return {"total": FLOAT32_BYTES * (numbers + copies * right.conv_parameters(image, maps, 1)["total"])}


@INFERENCE_MEMORY.add("parameters-forgotten", section="Predicting: two outputs at a time")
def parameters_forgotten(image, maps, batch):
    """The outputs are right, but the parameters lie in memory too."""
    return _held(image, maps, max(a + b for a, b in pairwise([prod(image), *right.output_sizes(image, maps)])), 0)


@INFERENCE_MEMORY.add("everything-kept", section="Predicting: two outputs at a time")
def everything_kept(image, maps, batch):
    """All outputs were added up, as in training; here a layer's input is freed once its output exists."""
    return _held(image, maps, prod(image) + sum(right.output_sizes(image, maps)))


@INFERENCE_MEMORY.add("largest-output-alone", section="Predicting: two outputs at a time")
def largest_output_alone(image, maps, batch):
    """Only the largest output was counted; while a layer computes, its input is still there."""
    return _held(image, maps, max(right.output_sizes(image, maps)))


@INFERENCE_MEMORY.add("input-image-forgotten", section="Predicting: two outputs at a time")
def input_image_forgotten(image, maps, batch):
    """The pairs of outputs were compared without the image; it counts as the output before the first layer."""
    return _held(image, maps, max(a + b for a, b in pairwise(right.output_sizes(image, maps))))


@INFERENCE_MEMORY.add("two-largest-outputs", section="Predicting: two outputs at a time")
def two_largest_outputs(image, maps, batch):
    """The two largest outputs were added up; held at once are a layer's input and its output, one after the other."""
    return _held(image, maps, sum(sorted([prod(image), *right.output_sizes(image, maps)])[-2:]))


@INFERENCE_MEMORY.add("sizes-rounded-down", section="From numbers to bytes")
def sizes_rounded_down(image, maps, batch):
    """Odd sides were rounded down; with "same" padding and stride 2 half of an odd side is rounded up."""
    (height, width, _), held = image, [prod(image)]
    for count in maps:
        height, width = height // 2, width // 2
        held.append(height * width * count)
    return _held(image, maps, max(a + b for a, b in pairwise(held)))


@INFERENCE_MEMORY.add("gradients-at-inference", section="Predicting: two outputs at a time")
def gradients_at_inference(image, maps, batch):
    """The parameters were counted twice, as if each had a gradient; a prediction needs no gradients."""
    return _held(image, maps, max(a + b for a, b in pairwise([prod(image), *right.output_sizes(image, maps)])), 2)


@INFERENCE_MEMORY.add("whole-batch-predicted", section="Predicting: two outputs at a time")
def whole_batch_predicted(image, maps, batch):
    """The outputs were counted for a whole batch; the task asks for one image."""
    largest = max(a + b for a, b in pairwise([prod(image), *right.output_sizes(image, maps)]))
    return _held(image, maps, batch * largest)


@INFERENCE_MEMORY.add("numbers-not-bytes", section="From numbers to bytes")
def numbers_not_bytes(solve, image, maps, batch):
    """These are numbers, not bytes; a float32 takes four bytes."""
    return {key: value / FLOAT32_BYTES for key, value in solve(image, maps, batch).items()}


@INFERENCE_MEMORY.add("megabytes-not-bytes", section="From numbers to bytes")
def megabytes_not_bytes(solve, image, maps, batch):
    """This is in MB; the task asks for bytes."""
    return {key: value / 1e6 for key, value in solve(image, maps, batch).items()}


@INFERENCE_MEMORY.add("textbook-numbers", section="Predicting: two outputs at a time")
def textbook_numbers(image, maps, batch):
    """These are the textbook's numbers, as the notebook works them out. Your network has numbers of its own."""
    return right.inference_memory(**TEXTBOOK)
