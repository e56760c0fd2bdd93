"""Training in less memory, in PyTorch: gradient accumulation, checkpointing, mixed precision.

Sources: T. Chen et al., "Training deep nets with sublinear memory cost" (2016); P. Micikevicius et al., "Mixed
precision training" (2018); PyTorch's documentation of `torch.utils.checkpoint` and `torch.autocast`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from ..probes.memory import as_array, run_accumulation, run_autocast, run_checkpointed


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


def checkpointed_forward(blocks: Iterable[nn.Module], x: Tensor) -> Tensor:
    """The blocks one after the other, keeping each block's input only; what lies inside is computed again."""
    for block in blocks:
        x = checkpoint(block, x, use_reentrant=False)
    return x


def autocast_forward(model: nn.Module, x: Tensor, dtype: torch.dtype) -> Tensor:
    """The model's output with convolutions and matrix products in `dtype`; the parameters stay float32."""
    with torch.autocast(x.device.type, dtype=dtype):
        return model(x)


def accumulation(
    _weights: list[np.ndarray], inputs: np.ndarray, targets: np.ndarray, micro_batch: int, loss: str = "cross-entropy",
    earlier: float | None = None, frozen: bool = False, _report: str = "gradients",
    answer: Callable[..., Any] = accumulate_gradients,
) -> Any:
    """What gradient accumulation leaves on a small network: see `run_accumulation` for the case and the reports."""
    return run_accumulation(answer, _weights, inputs, targets, micro_batch, loss, earlier, frozen)[_report]


def checkpointing(
    _weights: list[list[np.ndarray]], x: np.ndarray, needs_gradient: bool = True, container: str = "sequential",
    _report: str = "output", answer: Callable[..., Any] = checkpointed_forward,
) -> Any:
    """What a checkpointed forward pass gives on small blocks: see `run_checkpointed` for the case and the reports."""
    return as_array(run_checkpointed(answer, _weights, x, needs_gradient, container)[_report])


def mixed_precision(
    _weights: list[np.ndarray], x: np.ndarray, dtype: str, _report: str = "output",
    answer: Callable[..., Any] = autocast_forward,
) -> Any:
    """What a forward pass in `dtype` gives on a small network: see `run_autocast` for the case and the reports."""
    return as_array(run_autocast(answer, _weights, x, dtype)[_report])
