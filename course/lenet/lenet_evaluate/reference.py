"""The evaluation of a network on raw images: accuracy, confusion matrix, and the most confident mistakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ...sizing_and_memory.shared import as_array
from .public import form_of, run_evaluation

WORST = 10


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


def evaluation(
    images: int, _kind: str = "plain", _report: str = "accuracy", _seed: int = 0,
    answer: Callable[..., Any] = evaluate,
) -> Any:
    """What `evaluate` makes of that many drawn images: see `run_evaluation` for the kinds and the reports, and
    `form_of` for "form"."""
    seen = run_evaluation(answer, _kind, images, _seed)
    return form_of(seen["confusion"]) if _report == "form" else as_array(seen[_report])
