"""A dense layer as a convolution, in PyTorch.

Source: J. Long et al., "Fully convolutional networks for semantic segmentation" (2015).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from autograder.checks.api import remembered

from ...sizing_and_memory.shared import as_array
from .public import run_dense_to_conv

ran = remembered(run_dense_to_conv)


def dense_to_conv(linear: nn.Linear, channels: int, height: int, width: int) -> nn.Conv2d:
    """The convolution that computes the same from (N, channels, height, width) as the dense layer after flattening.

    Raises ValueError if the layer's in_features are not channels * height * width.
    """
    if linear.in_features != channels * height * width:
        raise ValueError(f"in_features = {linear.in_features} is not {channels} * {height} * {width}")
    conv = nn.Conv2d(channels, linear.out_features, (height, width), bias=linear.bias is not None)
    conv = conv.to(linear.weight.device, linear.weight.dtype)
    with torch.no_grad():
        conv.weight.copy_(linear.weight.reshape(conv.weight.shape))
        if conv.bias is not None:
            conv.bias.copy_(linear.bias)
    return conv


def convolved(
    outputs: int, channels: int, size: tuple[int, int], larger_by: tuple[int, int], bias: bool = True,
    _report: str = "output", _seed: int = 0, _even: bool = False, answer: Callable[..., Any] = dense_to_conv,
) -> Any:
    """What the convolution made from a dense layer gives: see `run_dense_to_conv` for the case and the reports."""
    return as_array(ran(answer, outputs, channels, size, larger_by, bias, _seed, _even)[_report])
