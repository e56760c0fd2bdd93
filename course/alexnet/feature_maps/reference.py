"""A look inside a network. Source: PyTorch's documentation of forward hooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from autograder.checks.api import remembered

from ...sizing_and_memory.shared import as_array
from .public import run_feature_maps

ran = remembered(run_feature_maps)


def feature_maps(model: nn.Module, layer: str, image: Tensor) -> np.ndarray:
    """What a layer gives for one image: an array (channels, height, width).

    layer: a dotted name, as in `model.named_modules()`; image: (1, channels, height, width). The model is left without
    the hook, also when its forward pass raises. The maps are a copy: a layer behind may overwrite the tensor.
    """
    maps: list[Tensor] = []
    hook = model.get_submodule(layer).register_forward_hook(
        lambda module, inputs, output: maps.append(output.detach().clone())
    )
    try:
        with torch.no_grad():
            model(image)
    finally:
        hook.remove()
    return maps[-1][0].cpu().numpy()


def read_features(
    layer: str, channels: int, size: tuple[int, int], inplace: bool = False, fails: str = "never",
    _report: str = "output", _seed: int = 0, answer: Callable[..., Any] = feature_maps,
) -> Any:
    """What `feature_maps` gives on a small network: see `run_feature_maps` for the case and the reports."""
    return as_array(ran(answer, layer, channels, size, inplace, fails, _seed)[_report])
