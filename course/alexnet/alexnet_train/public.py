"""Public checks of alexnet-train."""

from autograder import training
from autograder.checks.api import misconceptions

from .training import TASK


def test_first_steps(student):
    """Trained on 400 digits in three equal channels, the network reads others and returns logits."""
    training.expect_first_steps(student, TASK, misconceptions.ALEXNET_TRAIN)


def test_from_its_arguments_alone(student):
    """Trained on 100 digits whose labels were mixed up, the network knows nothing of the true ones."""
    training.expect_given_labels(student, TASK, misconceptions.ALEXNET_TRAIN)
