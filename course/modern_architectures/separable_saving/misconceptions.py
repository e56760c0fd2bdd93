"""Wrong turns in what a separable convolution saves."""

from __future__ import annotations

from autograder.checks.api import Misconceptions

from . import reference as right

SEPARABLE_SAVING = Misconceptions("separable-saving", right.separable_saving, answer=True)
SAVING = "Depthwise separable convolutions"


def _saving(plain, separable, height, width):
    return {
        "plain_parameters": plain, "separable_parameters": separable,
        "plain_multiply_adds": plain * height * width, "separable_multiply_adds": separable * height * width,
    }


@SEPARABLE_SAVING.add("depthwise-alone", section=SAVING)
def depthwise_alone(in_channels, out_channels, kernel, height, width):
    """Only the depthwise half was counted; a 1x1 convolution follows that mixes the channels."""
    return _saving(kernel**2 * in_channels * out_channels, kernel**2 * in_channels, height, width)


@SEPARABLE_SAVING.add("pointwise-alone", section=SAVING)
def pointwise_alone(in_channels, out_channels, kernel, height, width):
    """Only the 1x1 half was counted; the depthwise kernels come before it."""
    return _saving(kernel**2 * in_channels * out_channels, in_channels * out_channels, height, width)


@SEPARABLE_SAVING.add("depthwise-kernels-per-output", section=SAVING)
def depthwise_kernels_per_output(in_channels, out_channels, kernel, height, width):
    """The depthwise kernels were counted for every output channel; there is one for each input channel."""
    separable = kernel**2 * out_channels + in_channels * out_channels
    return _saving(kernel**2 * in_channels * out_channels, separable, height, width)


@SEPARABLE_SAVING.add("biases-counted", section=SAVING)
def biases_counted(in_channels, out_channels, kernel, height, width):
    """Biases were counted; the task leaves them out."""
    table = right.separable_saving(in_channels, out_channels, kernel, height, width)
    plain = table["plain_parameters"] + out_channels
    return table | {
        "plain_parameters": plain, "separable_parameters": table["separable_parameters"] + in_channels + out_channels,
    }


@SEPARABLE_SAVING.add("positions-forgotten", section=SAVING)
def positions_forgotten(in_channels, out_channels, kernel, height, width):
    """The multiply-adds are those of one position; every weight is used at each position of the output."""
    table = right.separable_saving(in_channels, out_channels, kernel, height, width)
    return table | {
        "plain_multiply_adds": table["plain_parameters"],
        "separable_multiply_adds": table["separable_parameters"],
    }


@SEPARABLE_SAVING.add("side-of-the-kernel", section=SAVING)
def side_of_the_kernel(in_channels, out_channels, kernel, height, width):
    """The kernel's side was taken for its size; it is square and has side times side weights."""
    separable = kernel * in_channels + in_channels * out_channels
    return _saving(kernel * in_channels * out_channels, separable, height, width)


@SEPARABLE_SAVING.add("halves-multiplied", section=SAVING)
def halves_multiplied(in_channels, out_channels, kernel, height, width):
    """The two halves were multiplied; they run one after the other, so their costs add up."""
    separable = kernel**2 * in_channels * in_channels * out_channels
    return _saving(kernel**2 * in_channels * out_channels, separable, height, width)
