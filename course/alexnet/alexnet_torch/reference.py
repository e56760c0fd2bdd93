"""AlexNet in PyTorch.

Source: A. Krizhevsky, I. Sutskever and G. Hinton, "ImageNet Classification with Deep Convolutional Neural Networks"
(2012), section 3, with 227 pixels for the 224 that it names.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from ...sizing_and_memory.shared import as_array
from ..shared import dropped_shares
from .probes import run_torch_dropout
from .public import run_torch_network


class AlexNet(nn.Module):
    """AlexNet, (N, 3, 227, 227) to logits (N, num_classes).

    groups: 1, or 2 for the paper's two GPUs, which keep their halves of conv2, conv4 and conv5 to themselves.
    """

    def __init__(self, num_classes: int = 1000, groups: int = 1) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 96, 11, stride=4), nn.ReLU(), paper_lrn(), nn.MaxPool2d(3, stride=2),
            nn.Conv2d(96, 256, 5, padding=2, groups=groups), nn.ReLU(), paper_lrn(), nn.MaxPool2d(3, stride=2),
            nn.Conv2d(256, 384, 3, padding=1), nn.ReLU(),
            nn.Conv2d(384, 384, 3, padding=1, groups=groups), nn.ReLU(),
            nn.Conv2d(384, 256, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2),
        )
        self.classifier = nn.Sequential(
            nn.Flatten(),
            nn.Dropout(0.5), nn.Linear(256 * 6 * 6, 4096), nn.ReLU(),
            nn.Dropout(0.5), nn.Linear(4096, 4096), nn.ReLU(),
            nn.Linear(4096, num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x))


def paper_lrn() -> nn.Module:
    """The paper's local response normalisation, alpha = 1e-4; PyTorch divides its alpha by the size."""
    return nn.LocalResponseNorm(5, alpha=5 * 1e-4, beta=0.75, k=2.0)


def alexnet_in_torch(
    options: dict[str, int], images: int, size: int = 227, _report: str = "output", _seed: int = 0,
    answer: Callable[..., Any] = AlexNet,
) -> Any:
    """What a network gives for given weights: see `run_torch_network` for the case and the reports."""
    if _report in ("parameters", "layers"):
        return _counted(answer, tuple(options.items()))[_report]
    return _network_run(answer, tuple(options.items()), images, size, _seed)[_report]


@cache
def _counted(answer: Callable[..., Any], options: tuple) -> dict[str, Any]:
    """How many parameters a network has, and their shapes: it is built without memory, and computes nothing."""
    with torch.device("meta"):
        parameters = list(answer(**dict(options)).parameters())
    shapes = [list(one.shape) for one in parameters]
    return {"parameters": sum(one.numel() for one in parameters), "layers": shapes}


@cache
def _network_run(answer: Callable[..., Any], options: tuple, images: int, size: int, seed: int) -> dict[str, Any]:
    """The same few cases are asked for by every wrong answer, and each takes a second."""
    seen = run_torch_network(answer, dict(options), images, size, seed, twice=False)
    return {name: as_array(value) for name, value in seen.items()}


def dropped_in_torch(
    options: dict[str, int], size: int = 227, _report: str = "fc6", _seed: int = 0,
    answer: Callable[..., Any] = AlexNet,
) -> Any:
    """Which inputs are dropped in training: see `run_torch_dropout` for the case, `dropped_shares` for the reports."""
    return dropped_shares(**run_torch_dropout(answer, options, size, _seed))[_report]
