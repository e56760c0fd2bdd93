"""Wrong turns with the counts of weights."""

from __future__ import annotations

from autograder.checks.api import Misconceptions

from . import reference as right

WHY = "Why convolution"

WEIGHT_COUNTING = Misconceptions("weight-counting", right.weight_counting, answer=True)


@WEIGHT_COUNTING.add("channels-forgotten", section=WHY)
def channels_forgotten(small, large, kernel, filters):
    """The colour channels are missing: a neuron has a weight for each channel of each pixel that it reads."""
    return right.weight_counting((*small[:2], 1), (*large[:2], 1), kernel, filters)


@WEIGHT_COUNTING.add("bias-among-the-weights", section=WHY)
def bias_among_the_weights(solve, small, large, kernel, filters):
    """The bias was counted as a weight; the first three entries ask for weights alone."""
    counts = solve(small, large, kernel, filters)
    return {key: value + (key != "conv_layer") for key, value in counts.items()}


@WEIGHT_COUNTING.add("layer-without-biases", section=WHY)
def layer_without_biases(solve, small, large, kernel, filters):
    """The biases are missing in conv_layer: the parameters of a layer are its weights and one bias for each filter."""
    return {**solve(small, large, kernel, filters), "conv_layer": filters * kernel * kernel * small[2]}


@WEIGHT_COUNTING.add("one-bias-for-the-layer", section=WHY)
def one_bias_for_the_layer(solve, small, large, kernel, filters):
    """conv_layer has a single bias; each filter has its own."""
    return {**solve(small, large, kernel, filters), "conv_layer": filters * kernel * kernel * small[2] + 1}


@WEIGHT_COUNTING.add("weights-for-every-place", section=WHY)
def weights_for_every_place(solve, small, large, kernel, filters):
    """conv_layer grew with the image. The weights of a filter are the same at every place: that is the point of it."""
    places = (small[0] - kernel + 1) * (small[1] - kernel + 1)
    one = kernel * kernel * small[2] + 1
    return {**solve(small, large, kernel, filters), "conv_layer": filters * one * places}


@WEIGHT_COUNTING.add("example-numbers", section=WHY)
def example_numbers(small, large, kernel, filters):
    """These are the numbers of the examples in the text; yours come from `variant`."""
    return right.weight_counting((28, 28, 1), (200, 200, 3), 3, 4)
