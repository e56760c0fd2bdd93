"""Public checks of mnist-challenge."""

from autograder import training
from autograder.checks.api import misconceptions

from .training import TASK


def test_first_steps_of_the_challenge(student):
    """Trained on 400 small digits, the classifier reads most of 200 others."""
    training.expect_first_steps(student, TASK, misconceptions.MNIST_CHALLENGE)


def test_from_its_arguments_alone(student):
    """Trained on 100 digits whose labels were mixed up, the classifier knows nothing of the true ones."""
    training.expect_given_labels(student, TASK, misconceptions.MNIST_CHALLENGE)
