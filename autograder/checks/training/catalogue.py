"""The training tasks of the course."""

from __future__ import annotations

from .reading import Labels, Logits
from .tasks import TrainingTask

LENET = TrainingTask("lenet-train", "train_lenet", reads=Logits(padding=2))
CHALLENGE = TrainingTask("mnist-challenge", "train_classifier", reads=Labels(), tiers=(2.0, 1.5, 1.0))
# CIFAR-10 takes the digits' place when its threshold has been measured: `prefer="cifar10"`.
ALEXNET = TrainingTask(
    "alexnet-train", "train_alexnet", reads=Logits(), colour=True, prefer="digits", passes_classes=True
)
TASKS = {task.id: task for task in (LENET, CHALLENGE, ALEXNET)}
