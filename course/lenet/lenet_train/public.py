"""Public checks of lenet-train."""

from autograder import training
from autograder.checks.api import misconceptions

from .training import TASK


def test_first_steps_of_lenet(student):
    """Trained on 400 small digits, the network reads most of 200 others, and returns logits."""
    training.expect_first_steps(student, TASK, misconceptions.LENET_TRAIN)


def test_from_its_arguments_alone(student):
    """Trained on 100 digits whose labels were mixed up, the network knows nothing of the true ones."""
    training.expect_given_labels(student, TASK, misconceptions.LENET_TRAIN)


def test_twice_with_one_seed(student):
    """Trained once more with the same seed, it is the same network."""
    training.expect_same_network(student, TASK, misconceptions.LENET_TRAIN)
