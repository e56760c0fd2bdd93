"""LeNet-5 in PyTorch.

Source: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition" (1998),
with plain averages, every map of S2 connected to every map of C3, and logits in place of distances to drawn digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ...sizing_and_memory.shared import as_array
from ..shared import network_ran


class LeNet5(nn.Module):
    """(N, 1, 32, 32) in [0, 1] to logits (N, 10), with 61,706 parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.c1 = nn.Conv2d(1, 6, 5)
        self.s2 = nn.AvgPool2d(2)
        self.c3 = nn.Conv2d(6, 16, 5)
        self.s4 = nn.AvgPool2d(2)
        self.c5 = nn.Linear(16 * 5 * 5, 120)
        self.f6 = nn.Linear(120, 84)
        self.output = nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.s2(torch.tanh(self.c1(x)))
        x = self.s4(torch.tanh(self.c3(x)))
        x = torch.tanh(self.c5(torch.flatten(x, start_dim=1)))
        x = torch.tanh(self.f6(x))
        return self.output(x)


def lenet(
    batches: Sequence[int], _report: str = "output", _seed: int = 0, answer: Callable[..., Any] = LeNet5
) -> Any:
    """What LeNet-5 gives for batches of these sizes: see `run_network` for the case and the reports."""
    return as_array(network_ran(answer, list(batches), _seed)[_report])
