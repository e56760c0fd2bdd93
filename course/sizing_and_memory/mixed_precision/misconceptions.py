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


@MIXED_PRECISION.add("a-converted-copy", section=SIXTEEN)
@on(right.mixed_precision)
def a_converted_copy(model, x, dtype):
    """A converted copy of the model computed the output, so the model's own parameters get no gradients."""
    return copy.deepcopy(model).to(dtype)(x.to(dtype))


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


@MIXED_PRECISION.add("not-autocast", section=SIXTEEN)
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
