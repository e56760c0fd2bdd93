"""Hidden checks of lenet-train."""

from autograder import training
from autograder.checks.api import misconceptions, points

from .training import TASK


@points(8)
def test_trained(student):
    """The network reads digits that it has not seen."""
    training.expect_accuracy(student, TASK, misconceptions.LENET_TRAIN)


@points(2)
def test_logits(student):
    """It returns logits."""
    training.expect_logits(student, TASK, misconceptions.LENET_TRAIN)
