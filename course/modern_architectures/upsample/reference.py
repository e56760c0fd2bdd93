"""Enlarging a map, and a segmentation head, in PyTorch.

Source: J. Long et al., "Fully convolutional networks for semantic segmentation" (2015).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from autograder.checks.api import remembered

from ...sizing_and_memory.shared import as_array
from .public import run_head

ran = remembered(run_head)


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


def segmentation(
    options: dict[str, int], size: tuple[int, int], factor: int, _report: str = "output", _seed: int = 0,
    answer: Callable[..., Any] = SegmentationHead,
) -> Any:
    """What a segmentation head gives: see `run_head` for the case and the reports."""
    return as_array(ran(answer, options, size, factor, _seed)[_report])
