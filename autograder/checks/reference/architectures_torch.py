"""Building blocks of modern networks, in PyTorch.

Sources: C. Szegedy et al., "Going deeper with convolutions" (2015); K. He et al., "Deep residual learning for image
recognition" (2016); J. Hu et al., "Squeeze-and-excitation networks" (2018); F. Chollet, "Xception" (2017); J. Long et
al., "Fully convolutional networks for semantic segmentation" (2015).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..probes.architectures import run_dense_to_conv, run_head, run_module
from ..probes.memory import as_array


def conv_relu(in_channels: int, out_channels: int, kernel_size: int) -> nn.Sequential:
    """A convolution that keeps the size, and its ReLU."""
    return nn.Sequential(nn.Conv2d(in_channels, out_channels, kernel_size, padding=kernel_size // 2), nn.ReLU())


class InceptionModule(nn.Module):
    """Four branches side by side, (N, in_channels, H, W) to (N, c1 + c3 + c5 + pool_proj, H, W).

    A 1x1 convolution; a 1x1 that reduces, then 3x3; a 1x1 that reduces, then 5x5; 3x3 max pooling, then 1x1. Every
    convolution is followed by a ReLU.
    """

    def __init__(
        self, in_channels: int, c1: int, c3_reduce: int, c3: int, c5_reduce: int, c5: int, pool_proj: int
    ) -> None:
        super().__init__()
        self.one = conv_relu(in_channels, c1, 1)
        self.three = nn.Sequential(conv_relu(in_channels, c3_reduce, 1), conv_relu(c3_reduce, c3, 3))
        self.five = nn.Sequential(conv_relu(in_channels, c5_reduce, 1), conv_relu(c5_reduce, c5, 5))
        self.pool = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), conv_relu(in_channels, pool_proj, 1))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.one(x), self.three(x), self.five(x), self.pool(x)], dim=1)


class ResidualBlock(nn.Module):
    """relu(F(x) + x): two 3x3 convolutions, each with batch normalisation, learn what to add to the input.

    The first takes the stride. Where stride or channels change, a 1x1 convolution with the same stride and batch
    normalisation brings x to the right shape; otherwise x goes straight through. Convolutions have no biases.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or in_channels != out_channels:
            projection = nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False)
            self.shortcut = nn.Sequential(projection, nn.BatchNorm2d(out_channels))

    def forward(self, x: Tensor) -> Tensor:
        change = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        return functional.relu(change + self.shortcut(x))


class SqueezeExcite(nn.Module):
    """Scales every channel by a factor between 0 and 1 that depends on all channels' means.

    channels // reduction hidden units, at least one; both dense layers have biases.
    """

    def __init__(self, channels: int, reduction: int = 16) -> None:
        super().__init__()
        hidden = max(1, channels // reduction)
        self.squeeze = nn.Linear(channels, hidden)
        self.excite = nn.Linear(hidden, channels)

    def forward(self, x: Tensor) -> Tensor:
        means = x.mean(dim=(2, 3))
        factors = torch.sigmoid(self.excite(functional.relu(self.squeeze(means))))
        return x * factors[:, :, None, None]


class SeparableConv2d(nn.Module):
    """A depthwise convolution, then a pointwise (1x1) one; no biases, nothing in between."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, padding: int = 0
    ) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(
            in_channels, in_channels, kernel_size, stride=stride, padding=padding, groups=in_channels, bias=False
        )
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.pointwise(self.depthwise(x))


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


def bilinear_kernel(factor: int) -> Tensor:
    """The kernel with which a transposed convolution of that stride interpolates bilinearly.

    2 * factor - factor % 2 pixels wide: a pyramid that falls from its centre by 1 / factor for each pixel.
    """
    size = 2 * factor - factor % 2
    distance = torch.abs(torch.arange(size) - (size - 1) / 2)
    side = 1 - distance / factor
    return side[:, None] * side[None, :]


class SegmentationHead(nn.Module):
    """Class scores (N, num_classes, H, W) from a low-resolution map (N, low_channels, h, w) and a high-resolution one.

    A 1x1 convolution scores each map; the low one's scores are enlarged bilinearly and added to the high one's.
    """

    def __init__(self, low_channels: int, high_channels: int, num_classes: int) -> None:
        super().__init__()
        self.score_low = nn.Conv2d(low_channels, num_classes, 1)
        self.score_high = nn.Conv2d(high_channels, num_classes, 1)

    def forward(self, low: Tensor, high: Tensor) -> Tensor:
        coarse = functional.interpolate(self.score_low(low), high.shape[2:], mode="bilinear", align_corners=False)
        return coarse + self.score_high(high)


Shapes = list[tuple[int, ...]]


def inception(
    options: dict[str, int], shapes: Shapes, training: bool = False, zeros: bool = False, _report: str = "output",
    _seed: int = 0, answer: Callable[..., Any] = InceptionModule,
) -> Any:
    """What an inception module gives: see `run_module` for the case and the reports."""
    return as_array(run_module(answer, options, shapes, training, zeros, _seed)[_report])


def residual(
    options: dict[str, int], shapes: Shapes, training: bool = False, zeros: bool = False, _report: str = "output",
    _seed: int = 0, answer: Callable[..., Any] = ResidualBlock,
) -> Any:
    """What a residual block gives: see `run_module` for the case and the reports."""
    return as_array(run_module(answer, options, shapes, training, zeros, _seed)[_report])


def squeeze_excite(
    options: dict[str, int], shapes: Shapes, training: bool = False, zeros: bool = False, _report: str = "output",
    _seed: int = 0, answer: Callable[..., Any] = SqueezeExcite,
) -> Any:
    """What squeeze and excitation gives: see `run_module` for the case and the reports."""
    return as_array(run_module(answer, options, shapes, training, zeros, _seed)[_report])


def separable(
    options: dict[str, int], shapes: Shapes, training: bool = False, zeros: bool = False, _report: str = "output",
    _seed: int = 0, answer: Callable[..., Any] = SeparableConv2d,
) -> Any:
    """What a separable convolution gives: see `run_module` for the case and the reports."""
    return as_array(run_module(answer, options, shapes, training, zeros, _seed)[_report])


def segmentation(
    options: dict[str, int], size: tuple[int, int], factor: int, _report: str = "output", _seed: int = 0,
    answer: Callable[..., Any] = SegmentationHead,
) -> Any:
    """What a segmentation head gives: see `run_head` for the case and the reports."""
    return as_array(run_head(answer, options, size, factor, _seed)[_report])


def convolved(
    outputs: int, channels: int, size: tuple[int, int], larger_by: tuple[int, int], bias: bool = True,
    _report: str = "output", _seed: int = 0, answer: Callable[..., Any] = dense_to_conv,
) -> Any:
    """What the convolution made from a dense layer gives: see `run_dense_to_conv` for the case and the reports."""
    return as_array(run_dense_to_conv(answer, outputs, channels, size, larger_by, bias, _seed)[_report])
