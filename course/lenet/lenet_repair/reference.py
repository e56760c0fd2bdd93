"""The notebook's broken network, repaired, and what its view does to a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...sizing_and_memory.shared import as_array
from ..shared import network_ran
from .public import FAILS


class RepairedLeNet(nn.Module):
    """The notebook's broken network, mended: (N, 1, 32, 32) to logits (N, 10), with ReLU and max pooling."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.max_pool2d(functional.relu(self.conv1(x)), 2)
        x = functional.max_pool2d(functional.relu(self.conv2(x)), 2)
        x = self.flat(x)
        x = functional.relu(self.fc1(x))
        x = functional.relu(self.fc2(x))
        return self.fc3(x)

    def flat(self, x: Tensor) -> Tensor:
        """One row for each image, whatever the batch."""
        return torch.flatten(x, start_dim=1)


def batch_after_view(batch: int) -> int:
    """How many rows `view(-1, 16 * 4 * 4)` makes of a batch whose images have 16 maps of 5x5.

    Raises ValueError where the numbers cannot be shared out evenly, so that the view fails.
    """
    numbers, row = batch * 16 * 5 * 5, 16 * 4 * 4
    if numbers % row:
        raise ValueError(f"batch: {numbers} numbers do not make whole rows of {row}")
    return numbers // row


def rows_of_views(batches: Sequence[int], answer: Callable[[int], Any] = batch_after_view) -> list[Any]:
    """What `batch_after_view` gives for each batch; "ValueError" where it raises one."""
    said: list[Any] = []
    for batch in batches:
        try:
            said.append(answer(batch))
        except ValueError:
            said.append(FAILS)
    return said


def repaired(
    batches: Sequence[int], _report: str = "output", _seed: int = 0, answer: Callable[..., Any] = RepairedLeNet
) -> Any:
    """What the repaired network gives for batches of these sizes: see `run_network`."""
    return as_array(network_ran(answer, list(batches), _seed)[_report])
