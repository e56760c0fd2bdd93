"""A separable convolution, in PyTorch.

Source: F. Chollet, "Xception: deep learning with depthwise separable convolutions" (2017).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from ...sizing_and_memory.shared import as_array
from ..shared import module_ran


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


Shapes = list[tuple[int, ...]]


def separable(
    options: dict[str, int], shapes: Shapes, training: bool = False, weights: str = "drawn", _report: str = "output",
    _seed: int = 0, answer: Callable[..., Any] = SeparableConv2d,
) -> Any:
    """What a separable convolution gives: see `run_module` for the case and the reports."""
    return as_array(module_ran(answer, options, shapes, training, weights, _seed, _report == "gradient")[_report])
