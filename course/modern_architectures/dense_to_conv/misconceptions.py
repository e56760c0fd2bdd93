"""Wrong turns in making a convolution from a dense layer. A wrong answer stands here as a student would write it."""

from __future__ import annotations

import torch
from torch import nn

from autograder.checks.api import Misconceptions, notebook, on

from . import reference as right

DENSE_TO_CONV = Misconceptions("dense-to-conv", right.convolved, student=notebook("dense_to_conv"))
WINDOWS = "A dense layer is a convolution"


def _refuse_others(linear, channels, height, width):
    if linear.in_features != channels * height * width:
        raise ValueError("in_features must be channels * height * width")


def _conv_with(linear, channels, height, width, weight):
    conv = nn.Conv2d(channels, linear.out_features, (height, width), bias=linear.bias is not None).to(weight.dtype)
    with torch.no_grad():
        conv.weight.copy_(weight)
        if linear.bias is not None:
            conv.bias.copy_(linear.bias)
    return conv


@DENSE_TO_CONV.add("channels-last-order", section=WINDOWS)
@on(right.convolved)
def channels_last_order(linear, channels, height, width):
    """The weights were taken as (height, width, channels); flattening in PyTorch goes channel by channel."""
    _refuse_others(linear, channels, height, width)
    weight = linear.weight.reshape(-1, height, width, channels).permute(0, 3, 1, 2)
    return _conv_with(linear, channels, height, width, weight)


@DENSE_TO_CONV.add("height-and-width-swapped", section=WINDOWS)
@on(right.convolved)
def height_and_width_swapped(linear, channels, height, width):
    """Height and width of the kernel changed places."""
    _refuse_others(linear, channels, height, width)
    return _conv_with(linear, channels, width, height, linear.weight.reshape(-1, channels, width, height))


@DENSE_TO_CONV.add("column-by-column", section=WINDOWS)
@on(right.convolved)
def column_by_column(linear, channels, height, width):
    """The weights were taken as (channels, width, height), column by column; PyTorch flattens a map row by row."""
    _refuse_others(linear, channels, height, width)
    return _conv_with(linear, channels, height, width, linear.weight.reshape(-1, channels, width, height).mT)


@DENSE_TO_CONV.add("bias-forgotten", section=WINDOWS)
@on(right.convolved)
def bias_forgotten(linear, channels, height, width):
    """The dense layer's bias was not taken over."""
    _refuse_others(linear, channels, height, width)
    conv = nn.Conv2d(channels, linear.out_features, (height, width), bias=False).to(linear.weight.dtype)
    with torch.no_grad():
        conv.weight.copy_(linear.weight.reshape(conv.weight.shape))
    return conv


@DENSE_TO_CONV.add("padded", section=WINDOWS, price="with a padding no output has the right size")
@on(right.convolved)
def padded(linear, channels, height, width):
    """The convolution pads its input, so windows hang over the border."""
    conv = right.dense_to_conv(linear, channels, height, width)
    conv.padding = (height // 2, width // 2)
    conv._reversed_padding_repeated_twice = [width // 2, width // 2, height // 2, height // 2]
    return conv


@DENSE_TO_CONV.add("windows-side-by-side", section=WINDOWS)
@on(right.convolved)
def windows_side_by_side(linear, channels, height, width):
    """The windows lie side by side, with the kernel's size as the stride; they should move on by one pixel."""
    conv = right.dense_to_conv(linear, channels, height, width)
    conv.stride = (height, width)
    return conv


@DENSE_TO_CONV.add("kernel-turned-round", section=WINDOWS)
@on(right.convolved)
def kernel_turned_round(linear, channels, height, width):
    """The kernel was turned by 180 degrees; frameworks do not turn it."""
    _refuse_others(linear, channels, height, width)
    weight = linear.weight.reshape(-1, channels, height, width).flip(2, 3)
    return _conv_with(linear, channels, height, width, weight)
