"""LeNet-5's tasks in PyTorch, beside the network itself and its training: a repair, and an evaluation.

Source: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition" (1998).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ..probes.lenet import run_evaluation, run_network
from ..probes.memory import as_array
from .lenet_torch import LeNet5

WORST = 10


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


@dataclass
class Evaluation:
    """How a network does on labelled images: the share that is right, a (10, 10) table of counts (rows are the true
    classes, columns the predicted ones), and the most confident mistakes as (index, true, predicted, confidence).
    """

    accuracy: float
    confusion: np.ndarray
    mistakes: list[tuple[int, int, int, float]]


def prepared(images: np.ndarray) -> Tensor:
    """Raw uint8 images (N, 28, 28) as the network takes them: (N, 1, 32, 32) float32 in [0, 1], zeros around."""
    scaled = torch.from_numpy(images).float() / 255
    return functional.pad(scaled[:, None], (2, 2, 2, 2))


def probabilities(network: nn.Module, images: np.ndarray, batch_size: int = 500) -> np.ndarray:
    """The probabilities (N, 10) that a network of logits gives raw images, in evaluation mode, batch by batch."""
    device = next(network.parameters()).device
    network.eval()
    rows = [np.empty((0, 10), np.float32)]
    with torch.no_grad():
        for start in range(0, len(images), batch_size):
            logits = network(prepared(images[start : start + batch_size]).to(device))
            rows.append(functional.softmax(logits, dim=1).cpu().numpy())
    return np.concatenate(rows)


def judged(shares: np.ndarray, labels: np.ndarray) -> Evaluation:
    """The evaluation that follows from probabilities (N, 10). Equally confident mistakes come in the images' order."""
    predicted, confidence = shares.argmax(axis=1), shares.max(axis=1)
    confusion = np.zeros((10, 10), np.int64)
    np.add.at(confusion, (labels, predicted), 1)
    wrong = np.flatnonzero(predicted != labels)
    worst = wrong[np.argsort(-confidence[wrong], kind="stable")][:WORST]
    mistakes = [(int(i), int(labels[i]), int(predicted[i]), float(confidence[i])) for i in worst]
    return Evaluation(float(np.mean(predicted == labels)), confusion, mistakes)


def evaluate(model: nn.Module, images: np.ndarray, labels: np.ndarray) -> Evaluation:
    """How `model`, a network of logits for (N, 1, 32, 32), does on raw uint8 images (N, 28, 28) with these labels."""
    return judged(probabilities(model, images), labels)


def lenet(
    batches: Sequence[int], _report: str = "output", _seed: int = 0, answer: Callable[..., Any] = LeNet5
) -> Any:
    """What LeNet-5 gives for batches of these sizes: see `run_network` for the case and the reports."""
    return as_array(run_network(answer, list(batches), _seed)[_report])


def repaired(
    batches: Sequence[int], _report: str = "output", _seed: int = 0, answer: Callable[..., Any] = RepairedLeNet
) -> Any:
    """What the repaired network gives for batches of these sizes: see `run_network`."""
    return as_array(run_network(answer, list(batches), _seed)[_report])


def evaluation(
    images: int, _kind: str = "plain", _report: str = "accuracy", _seed: int = 0,
    answer: Callable[..., Any] = evaluate,
) -> Any:
    """What `evaluate` makes of that many drawn images: see `run_evaluation` for the kinds and the reports."""
    return as_array(run_evaluation(answer, _kind, images, _seed)[_report])
