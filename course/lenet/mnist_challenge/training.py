"""What is asked of train_classifier."""

from __future__ import annotations

from autograder.training import Labels, TrainingTask

TASK = TrainingTask("mnist-challenge", "train_classifier", reads=Labels(), tiers=(2.0, 1.5, 1.0))
