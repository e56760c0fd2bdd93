"""Hidden checks of mnist-challenge."""

from autograder import training
from autograder.checks.api import misconceptions, points

from .training import TASK


@points(5)
def test_first_tier(student):
    """On images it has not seen, each altered a little, the classifier reaches the first of the three accuracies."""
    training.expect_accuracy(student, TASK, misconceptions.MNIST_CHALLENGE, tier=0)


@points(4)
def test_second_tier(student):
    """The classifier reaches the second of the three accuracies."""
    training.expect_accuracy(student, TASK, misconceptions.MNIST_CHALLENGE, tier=1)


@points(4)
def test_third_tier(student):
    """The classifier reaches the third of the three accuracies, which is hard."""
    training.expect_accuracy(student, TASK, misconceptions.MNIST_CHALLENGE, tier=2)


@points(2)
def test_answers_are_steady(student):
    """The classifier's answer to an image is the same each time, and in every batch."""
    training.expect_batch_independent(student, TASK, misconceptions.MNIST_CHALLENGE)
