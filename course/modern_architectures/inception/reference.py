"""An inception module, in PyTorch.

Source: C. Szegedy et al., "Going deeper with convolutions" (2015).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ...sizing_and_memory.shared import as_array
from ..shared import module_ran


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


Shapes = list[tuple[int, ...]]


def inception(
    options: dict[str, int], shapes: Shapes, training: bool = False, weights: str = "drawn", _report: str = "output",
    _seed: int = 0, answer: Callable[..., Any] = InceptionModule,
) -> Any:
    """What an inception module gives: see `run_module` for the case and the reports."""
    return as_array(module_ran(answer, options, shapes, training, weights, _seed, _report == "gradient")[_report])
