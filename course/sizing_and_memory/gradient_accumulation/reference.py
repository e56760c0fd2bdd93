"""What gradient accumulation leaves on a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from torch import Tensor, nn

from autograder.checks.api import remembered

from .public import run_accumulation, run_wide_accumulation

ran = remembered(run_accumulation)


def accumulate_gradients(
    model: nn.Module, loss_fn: Callable[[Tensor, Tensor], Tensor], inputs: Tensor, targets: Tensor, micro_batch: int
) -> float:
    """Leaves the gradients of the whole batch's mean loss in the model, a micro batch at a time; returns that loss.

    Every micro batch counts by its share of the batch, since its own loss is a mean over fewer samples. Its backward
    pass runs at once, which frees its activations. Raises ValueError for a micro_batch below 1.
    """
    if micro_batch < 1:
        raise ValueError(f"micro_batch must be at least 1, not {micro_batch}")
    model.zero_grad()
    total = 0.0
    for start in range(0, len(inputs), micro_batch):
        x, y = inputs[start : start + micro_batch], targets[start : start + micro_batch]
        loss = loss_fn(model(x), y) * (len(x) / len(inputs))
        loss.backward()
        total += loss.item()
    return total


def accumulation(
    _weights: list[Any], inputs: np.ndarray, targets: np.ndarray, micro_batch: int, loss: str = "cross-entropy",
    earlier: float | None = None, frozen: bool = False, normed: str = "", other: bool = False, wide: bool = False,
    _report: str = "gradients", answer: Callable[..., Any] = accumulate_gradients,
) -> Any:
    """What gradient accumulation leaves on a small network: see `run_accumulation` for the case and the reports.

    wide: on a wide one, see `run_wide_accumulation`, whose scales `_weights` are then.
    """
    if wide:
        return run_wide_accumulation(answer, _weights, inputs, targets, micro_batch, 1)[_report]
    seen = ran(answer, _weights, inputs, targets, micro_batch, loss, earlier, frozen, normed, other)
    return seen[_report]
