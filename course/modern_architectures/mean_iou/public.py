"""Public checks of mean-iou, and its code for the kernel."""

import numpy as np

from autograder.checks.api import Tensor, expect_close, in_kernel, misconceptions, reference, second


def run_mean_iou(mean_iou, prediction, target, num_classes, ignore_index):
    """The mean IoU of two arrays, handed over as tensors."""
    import torch

    return mean_iou(torch.from_numpy(prediction), torch.from_numpy(target), num_classes, ignore_index)


TARGET = np.array([[0, 0, 0, 0], [0, 1, 1, 0], [0, 1, 2, 2], [0, 0, 2, 2]])
PREDICTION = np.array([[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 1, 2], [0, 0, 0, 2]])


def drawn(classes):
    """A larger map of the target and what was predicted, which agree at most places."""
    rng = np.random.default_rng(classes)
    target = rng.integers(0, classes, (6, 7))
    return np.where(rng.random(target.shape) < 0.3, rng.integers(0, classes, target.shape), target), target


def scored(student, prediction, target, num_classes, ignore_index=None):
    kernel = in_kernel(student, run_mean_iou)
    value = kernel.run_mean_iou(student.mean_iou, prediction, target, num_classes, ignore_index)
    value = value.array if isinstance(value, Tensor) else value
    expect_close(value, reference.mean_iou(prediction, target, num_classes, ignore_index),
                 like=misconceptions.MEAN_IOU, rtol=1e-5, what="the mean IoU")


@second(lambda rng: 3)
def test_three_classes(student, case):
    """A map of 4x4 with three classes."""
    scored(student, *(drawn(case) if case else (PREDICTION, TARGET)), 3)


@second(lambda rng: 3)
def test_a_fourth_class_that_is_absent(student, case):
    """A fourth class that is nowhere changes nothing."""
    scored(student, *(drawn(case) if case else (PREDICTION, TARGET)), 4)


@second(lambda rng: 3)
def test_a_border_to_ignore(student, case):
    """Pixels marked 255 in the target do not count."""
    prediction, marked = drawn(case) if case else (PREDICTION, TARGET.copy())
    marked[0] = 255
    scored(student, prediction, marked, 3, 255)
