"""Wrong turns in mixed precision. A wrong answer stands here as a student would write it."""

from __future__ import annotations

import copy

import torch

from autograder.checks.api import Misconceptions, notebook, on

from . import reference as right

MIXED_PRECISION = Misconceptions("mixed-precision", right.mixed_precision, student=notebook("autocast_forward"))
SIXTEEN = "Mixed precision"


@MIXED_PRECISION.add("parameters-converted", section=SIXTEEN)
@on(right.mixed_precision)
def parameters_converted(model, x, dtype):
    """The model's parameters were converted; they must stay float32, or small updates are rounded away."""
    return model.to(dtype)(x.to(dtype))


@MIXED_PRECISION.add("a-copy-of-the-model", section=SIXTEEN)
@on(right.mixed_precision)
def a_copy_of_the_model(model, x, dtype):
    """A copy of the model computed the output, so the model's own parameters get no gradients."""
    return copy.deepcopy(model).to(dtype)(x.to(dtype))


@MIXED_PRECISION.add("cast-by-hand", section=SIXTEEN)
@on(right.mixed_precision)
def cast_by_hand(model, x, dtype):
    """Parameters and input were cast to 16 bits beforehand; autocast does so for products alone, and keeps sums."""
    cast = {name: parameter.to(dtype) for name, parameter in model.named_parameters()}
    return torch.func.functional_call(model, cast, (x.to(dtype),))


@MIXED_PRECISION.add("output-converted-only", section=SIXTEEN)
@on(right.mixed_precision)
def output_converted_only(model, x, dtype):
    """Only the output was converted: inside, everything was computed and kept in float32."""
    return model(x).to(dtype)


@MIXED_PRECISION.add("dtype-ignored", section=SIXTEEN)
@on(right.mixed_precision)
def dtype_ignored(model, x, dtype):
    """The dtype that was asked for is not used: the CPU's own default, bfloat16, came back."""
    with torch.autocast(x.device.type):
        return model(x)


@MIXED_PRECISION.add(
    "not-autocast", section=SIXTEEN, price="with everything in float32 nothing is left but the gradients"
)
@on(right.mixed_precision)
def not_autocast(model, x, dtype):
    """The output is float32: either nothing ran in 16 bits, or the result was converted back."""
    return model(x)


MIXED_PRECISION.add_source(
    "no-gradients-recorded", "No gradient reaches the parameters: recording was switched off.",
    """
import torch

def autocast_forward(model, x, dtype):
    with torch.no_grad(), torch.autocast(x.device.type, dtype=dtype):
        return model(x)
""", section=SIXTEEN,
)
MIXED_PRECISION.add_source(
    "mode-changed", "The model is in another mode than before, training or evaluation; that is its owner's to choose.",
    """
import torch

def autocast_forward(model, x, dtype):
    model.eval()
    with torch.autocast(x.device.type, dtype=dtype):
        return model(x)
""", section=SIXTEEN,
)
MIXED_PRECISION.add_source(
    "input-made-to-need-gradients", "The input was made to need a gradient, and whoever called finds it changed.",
    """
import torch

def autocast_forward(model, x, dtype):
    with torch.autocast(x.device.type, dtype=dtype):
        return model(x.requires_grad_())
""", section=SIXTEEN,
)
