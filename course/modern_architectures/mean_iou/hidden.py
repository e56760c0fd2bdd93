"""Hidden checks of mean-iou."""

import numpy as np

from autograder.checks.api import cases, expect, expect_close, in_kernel, points, reference, search
from autograder.checks.api import strategies as st

from .public import run_mean_iou, scored

SIDE, SEED = st.integers(1, 6), st.integers(0, 50)
LABELS = cases(classes=st.integers(2, 4), shape=st.tuples(st.integers(1, 2), SIDE, SIDE), seed=SEED)


def labels(case, classes, seed=0):
    """A map of labels below `classes`, drawn from the case."""
    return np.random.default_rng([case.seed, seed, *case.shape]).integers(0, classes, case.shape)


@points(2)
@search(LABELS, examples=20)
def test_every_class_is_there(student, case):
    """Prediction and target have every class: the mean of intersection over union."""
    prediction, target = labels(case, case.classes), labels(case, case.classes, 1)
    everything = np.arange(case.classes)
    prediction = np.concatenate([prediction.ravel(), everything, everything[::-1]])
    target = np.concatenate([target.ravel(), everything, everything])
    scored(student, prediction, target, case.classes)


@points(1)
@search(LABELS, examples=15)
def test_absent_classes(student, case):
    """A class that neither has does not count; one that only the prediction has counts with 0."""
    scored(student, labels(case, case.classes - 1), labels(case, max(1, case.classes - 2), 1), case.classes + 1)


@points(2)
def test_ignored_pixels(student, rng):
    """Pixels whose target is ignore_index do not count, whatever was predicted there."""
    # 0 comes last and twice: who ignores no pixel at all is told so by what is asked before, and one case names nothing
    for mark, side in ((255, 6), (2, 7), (0, 5), (0, 4)):
        prediction, target = rng.integers(0, 3, (2, 2, side, side))
        scored(student, prediction, np.where(rng.random(target.shape) < 0.3, mark, target), 3, mark)


@points(1)
def test_a_float_comes_back(student):
    """The result is a Python float; it is 1 for a perfect map, and NaN where no class is there at all."""
    kernel = in_kernel(student, run_mean_iou)
    target = np.array([[0, 1], [1, 2]])
    value = kernel.run_mean_iou(student.mean_iou, target, target, 3, None)
    expect(isinstance(value, float), "The result is not a Python float.")
    expect_close(value, reference.mean_iou(target, target, 3), what="the mean IoU")
    nothing = np.full((2, 2), 9)
    value = kernel.run_mean_iou(student.mean_iou, nothing, nothing, 3, 9)
    expect(isinstance(value, float), "The result is not a Python float.")
    expect_close(value, reference.mean_iou(nothing, nothing, 3, 9), what="the mean IoU")
