"""Squeeze and excitation, in PyTorch.

Source: J. Hu et al., "Squeeze-and-excitation networks" (2018).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...sizing_and_memory.shared import as_array
from ..shared import module_ran


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


Shapes = list[tuple[int, ...]]


def squeeze_excite(
    options: dict[str, int], shapes: Shapes, training: bool = False, weights: str = "drawn", _report: str = "output",
    _seed: int = 0, answer: Callable[..., Any] = SqueezeExcite,
) -> Any:
    """What squeeze and excitation gives: see `run_module` for the case and the reports."""
    return as_array(module_ran(answer, options, shapes, training, weights, _seed, _report == "gradient")[_report])
