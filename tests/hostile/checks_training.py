"""The hidden check of the hostile training submissions: the engine of assignment 04, on one task."""

from autograder.checks import training
from autograder.checks.api import misconceptions, points, task


@task("lenet-train")
@points(8)
def test_trained(student):
    """The network reads digits that it has not seen."""
    training.expect_accuracy(student, training.LENET, misconceptions.LENET_TRAIN)


@task("lenet-train")
@points(2)
def test_logits(student):
    """It returns logits."""
    training.expect_logits(student, training.LENET, misconceptions.LENET_TRAIN)
