"""Public check of mnist-challenge."""

from autograder import training
from autograder.checks.api import misconceptions

from .training import TASK


def test_first_steps_of_the_challenge(student):
    """Trained on 400 small digits, the classifier reads most of 200 others."""
    training.expect_first_steps(student, TASK, misconceptions.MNIST_CHALLENGE)
