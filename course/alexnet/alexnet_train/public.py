"""Public checks of alexnet-train."""

from autograder import training
from autograder.checks.api import misconceptions

from .training import TASK


def test_first_steps(student):
    """Trained on 400 digits in three equal channels, the network reads others and returns logits."""
    training.expect_first_steps(student, TASK, misconceptions.ALEXNET_TRAIN)
