"""Hidden checks of lenet-train."""

from autograder import training
from autograder.checks.api import kernel_says, misconceptions, points

from .training import TASK


@points(7)
def test_trained_to_the_threshold(student):
    """On images it has not seen, each altered a little, the network reaches the accuracy that the notebook states."""
    training.expect_accuracy(student, TASK, misconceptions.LENET_TRAIN)


@points(3)
def test_logits_of_the_trained_network(student):
    """The trained network returns logits: ten numbers for each image, of either sign, that need not add up to 1."""
    training.expect_logits(student, TASK, misconceptions.LENET_TRAIN)


@points(2)
def test_one_image_at_a_time(student):
    """What the trained network says of an image does not depend on the other images of its batch."""
    training.expect_batch_independent(student, TASK, misconceptions.LENET_TRAIN)


@points(2)
def test_the_seed_decides(student):
    """Two trainings with the same seed give the same network; on a GPU, where the order of sums is open, not asked."""
    training.expect_seeded(student, TASK, misconceptions.LENET_TRAIN)


@points(1)
@kernel_says
def test_it_is_lenet(student):
    """The trained network has LeNet-5's 61,706 parameters."""
    training.expect_parameters(student, TASK, 61_706, misconceptions.LENET_TRAIN)
