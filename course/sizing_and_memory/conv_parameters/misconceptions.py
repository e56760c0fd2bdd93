"""Wrong turns in counting the parameters of convolutions."""

from __future__ import annotations

from itertools import pairwise

from autograder.checks.api import Misconceptions

from ..inference_memory.reference import output_sizes
from ..shared import TEXTBOOK
from . import reference as right

CONV_PARAMETERS = Misconceptions("conv-parameters", right.conv_parameters, answer=True)


def _counted(image, maps, count):
    counts = [count(before, after) for before, after in pairwise([image[2], *maps])]
    return {"layer1": counts[0], "layer2": counts[1], "layer3": counts[2], "total": sum(counts)}


@CONV_PARAMETERS.add("biases-forgotten", section="Counting parameters")
def biases_forgotten(image, maps, batch):
    """The weights are right, but every map has a bias as well, and it is a parameter too."""
    return _counted(image, maps, lambda before, after: 9 * before * after)


@CONV_PARAMETERS.add("one-bias-per-layer", section="Counting parameters")
def one_bias_per_layer(image, maps, batch):
    """Only one bias was counted for each layer; every map has its own."""
    return _counted(image, maps, lambda before, after: 9 * before * after + 1)


@CONV_PARAMETERS.add("flat-kernels", section="Counting parameters")
def flat_kernels(image, maps, batch):
    """The kernels were taken as 3x3 only; a kernel also reaches through all the maps that come in."""
    return _counted(image, maps, lambda before, after: 10 * after)


@CONV_PARAMETERS.add("image-channels-everywhere", section="Counting parameters")
def image_channels_everywhere(image, maps, batch):
    """Every layer was given the image's channels; from the second on, the maps of the layer before come in."""
    return _counted(image, maps, lambda before, after: (9 * image[2] + 1) * after)


@CONV_PARAMETERS.add("weights-not-shared", section="Counting parameters")
def weights_not_shared(image, maps, batch):
    """The weights were counted once for every output position; all positions of a map share one kernel."""
    outputs = output_sizes(image, maps)
    channels = [image[2], *maps]
    counts = [(9 * before + 1) * size for before, size in zip(channels[:-1], outputs, strict=True)]
    return {"layer1": counts[0], "layer2": counts[1], "layer3": counts[2], "total": sum(counts)}


@CONV_PARAMETERS.add("textbook-numbers", section="Counting parameters")
def textbook_numbers(image, maps, batch):
    """These are the textbook's numbers, as the notebook works them out. Your network has numbers of its own."""
    return right.conv_parameters(**TEXTBOOK)
