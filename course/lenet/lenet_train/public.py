"""Public check of lenet-train."""

from autograder import training
from autograder.checks.api import misconceptions

from .training import TASK


def test_first_steps_of_lenet(student):
    """Trained on 400 small digits, the network reads most of 200 others, and returns logits."""
    training.expect_first_steps(student, TASK, misconceptions.LENET_TRAIN)
