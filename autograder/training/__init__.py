"""Graded training: what a network has learned, counted on test images that are altered for each student.

    @points(8)
    def test_what_it_has_learned(student):
        '''On images it has not seen, each altered a little, the network reaches the accuracy that is stated.'''
        training.expect_accuracy(student, TASK, misconceptions.TRAIN_DIGITS)

`TASK` stands in the ``training.py`` of the task's folder: a `TrainingTask`.

The grader sends training images and labels, then altered test images; labels of those never leave it. A training runs
within the task's budget of the course's ``thresholds.json``, once for each student, however many tests ask about it.
"""

from .alter import alter
from .data import images_for, needed, using
from .judging import (
    expect_accuracy,
    expect_another_form,
    expect_batch_independent,
    expect_first_steps,
    expect_given_labels,
    expect_logits,
    expect_parameters,
    expect_same_network,
    expect_seeded,
)
from .reading import Labels, Logits
from .tasks import Trained, TrainingTask, training_task, training_tasks

__all__ = [
    "Labels",
    "Logits",
    "Trained",
    "TrainingTask",
    "alter",
    "expect_accuracy",
    "expect_another_form",
    "expect_batch_independent",
    "expect_first_steps",
    "expect_given_labels",
    "expect_logits",
    "expect_parameters",
    "expect_same_network",
    "expect_seeded",
    "images_for",
    "needed",
    "training_task",
    "training_tasks",
    "using",
]
