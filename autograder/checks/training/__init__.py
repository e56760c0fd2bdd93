"""Graded training: what a network has learned, counted on test images that are altered for each student.

    @task("lenet-train")
    @points(8)
    def test_what_it_has_learned(student):
        '''On images it has not seen, each altered a little, the network reaches the accuracy that is stated.'''
        training.expect_accuracy(student, training.LENET, misconceptions.LENET_TRAIN)

The grader sends training images and labels, then altered test images; labels of those never leave it. A training runs
within the task's budget of `thresholds.json`, once for each student, however many tests ask about it.
"""

from .catalogue import ALEXNET, CHALLENGE, LENET, TASKS
from .data import images_for, needed, using
from .judging import (
    expect_accuracy,
    expect_batch_independent,
    expect_first_steps,
    expect_logits,
    expect_parameters,
    expect_seeded,
)
from .reading import Labels, Logits
from .tasks import Trained, TrainingTask

__all__ = [
    "ALEXNET", "CHALLENGE", "LENET", "TASKS", "Labels", "Logits", "Trained", "TrainingTask", "expect_accuracy",
    "expect_batch_independent", "expect_first_steps", "expect_logits", "expect_parameters", "expect_seeded",
    "images_for", "needed", "using",
]
