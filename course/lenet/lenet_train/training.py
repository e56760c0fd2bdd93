"""What is asked of train_lenet."""

from __future__ import annotations

from autograder.training import Logits, TrainingTask

TASK = TrainingTask("lenet-train", "train_lenet", reads=Logits(padding=2))
