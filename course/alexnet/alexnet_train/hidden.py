"""Hidden checks of alexnet-train."""

from autograder import training
from autograder.checks.api import misconceptions, points

from .training import TASK


@points(7)
def test_accuracy(student):
    """On pictures it has not seen, each altered a little, the network reaches the accuracy that the notebook shows."""
    training.expect_accuracy(student, TASK, misconceptions.ALEXNET_TRAIN)


@points(2)
def test_logits_come_back(student):
    """The trained network returns logits: numbers of both signs, one for each class."""
    training.expect_logits(student, TASK, misconceptions.ALEXNET_TRAIN)


@points(2)
def test_one_picture_at_a_time(student):
    """What the trained network says of a picture depends neither on the other pictures of its batch nor on the call."""
    training.expect_batch_independent(student, TASK, misconceptions.ALEXNET_TRAIN)


@points(2)
def test_the_seed_decides(student):
    """Two trainings with the same seed give the same network; on a GPU, where the order of sums is open, not asked."""
    training.expect_seeded(student, TASK, misconceptions.ALEXNET_TRAIN)


@points(2)
def test_pictures_of_another_size(student):
    """The same code trains on a few pictures of another height and width, and for another number of classes."""
    training.expect_another_form(student, TASK, misconceptions.ALEXNET_TRAIN)
