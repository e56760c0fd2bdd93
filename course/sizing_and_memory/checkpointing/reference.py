"""What a checkpointed forward pass gives.

Sources: T. Chen et al., "Training deep nets with sublinear memory cost" (2016); PyTorch's documentation of
`torch.utils.checkpoint`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from autograder.checks.api import remembered

from ..shared import as_array
from .public import run_checkpointed, run_deep_checkpointed

ran = remembered(run_checkpointed)


def checkpointed_forward(blocks: Iterable[nn.Module], x: Tensor) -> Tensor:
    """The blocks one after the other, keeping each block's input only; what lies inside is computed again."""
    for block in blocks:
        x = checkpoint(block, x, use_reentrant=False)
    return x


def without_checkpoints(blocks: Iterable[nn.Module], x: Tensor) -> Tensor:
    """The blocks one after the other: output and gradients are the same, and PyTorch's compiler is not loaded for it.
    """
    for block in blocks:
        x = block(x)
    return x


def checkpointing(
    _weights: list[list[np.ndarray]], x: np.ndarray, needs_gradient: bool = True, container: str = "sequential",
    again: bool = False, normed: str = "", _backward: bool = True, _report: str = "output",
    answer: Callable[..., Any] = checkpointed_forward,
) -> Any:
    """What a checkpointed forward pass gives on small blocks: see `run_checkpointed` for the case and the reports."""
    if answer is checkpointed_forward and _report == "order":
        forward = list(range(len(_weights)))
        return forward + forward[::-1]
    if answer is checkpointed_forward and _report != "saved":
        answer = without_checkpoints
    return as_array(ran(answer, _weights, x, needs_gradient, container, again, normed, _backward)[_report])


def deep_checkpointed(scales: np.ndarray, answer: Callable[..., Any] = without_checkpoints) -> np.ndarray:
    """What `run_deep_checkpointed` gives, on little: the gradients do not depend on the size."""
    gradients: np.ndarray = run_deep_checkpointed(answer, scales, 1)
    return gradients
