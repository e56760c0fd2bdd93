"""What a PyTorch network costs: parameters, and multiply-adds for one image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn


def parameters(model: nn.Module) -> int:
    """How many parameters a network has."""
    return sum(parameter.numel() for parameter in model.parameters())


def multiply_adds(model: nn.Module, *shape: int) -> int:
    """The multiply-adds of a network's convolutions and dense layers for one image of this shape, without the batch.

    Each weight is used once at each place of its layer's output; biases are only added, pooling only compares. The
    network answers zeros once, in evaluation mode, and is left in the mode in which it was.
    """
    counts: list[int] = []

    def count(layer: nn.Module, _: Any, output: torch.Tensor) -> None:
        weight = layer.weight
        assert isinstance(weight, torch.Tensor)
        counts.append(weight[0].numel() * output[0].numel())

    hooks = [
        layer.register_forward_hook(count) for layer in model.modules() if isinstance(layer, nn.Conv2d | nn.Linear)
    ]
    training = model.training
    try:
        with torch.no_grad():
            model.eval()(torch.zeros(1, *shape, device=next(model.parameters()).device))
    finally:
        model.train(training)
        for hook in hooks:
            hook.remove()
    return sum(counts)


def without_numbers(make: Callable[[], nn.Module]) -> nn.Module:
    """The network that `make` gives, as shapes without numbers: nothing is computed, and no memory is needed."""
    with torch.device("meta"):
        return make()
