"""A residual block, in PyTorch.

Source: K. He et al., "Deep residual learning for image recognition" (2016).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn
from torch.nn import functional

from ...sizing_and_memory.shared import as_array
from ..shared import module_ran


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


Shapes = list[tuple[int, ...]]


def residual(
    options: dict[str, int], shapes: Shapes, training: bool = False, weights: str = "drawn", _report: str = "output",
    _seed: int = 0, answer: Callable[..., Any] = ResidualBlock,
) -> Any:
    """What a residual block gives: see `run_module` for the case and the reports."""
    return as_array(module_ran(answer, options, shapes, training, weights, _seed, _report == "gradient")[_report])
