"""Hidden checks of lenet-evaluate."""

import numpy as np

from autograder.checks.api import (
    CheckFailure,
    cases,
    expect,
    expect_close,
    in_kernel,
    misconceptions,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ...sizing_and_memory.shared import on_one_thread
from . import public

SEED = st.integers(0, 50)


def evaluated(student, kind, count, seed):
    """What `evaluate` makes of drawn images (see `run_evaluation`)."""
    kernel = in_kernel(student, public.run_evaluation, public.pixel_model, on_one_thread)
    seen = kernel.run_evaluation(student.evaluate, kind, count, seed)
    if not isinstance(seen, dict) or not {"accuracy", "confusion", "mistakes"} <= seen.keys():
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    return seen


def judged(student, kind, report, count, seed):
    """Compares one field of the evaluation."""
    seen = evaluated(student, kind, count, seed)
    if report in ("mistakes", "by_index"):
        rows = isinstance(seen.get(report), np.ndarray)
        expect(rows, "The mistakes are a list of (index, true, predicted, confidence).")
    what = {"accuracy": "the accuracy", "confusion": "the confusion matrix"}.get(report, "the list of mistakes")
    expect_close(seen[report], reference.evaluation(count, _kind=kind, _report=report, _seed=seed),
                 like=misconceptions.LENET_EVALUATE, rtol=1e-5, atol=1e-5, what=what)
    return seen


@points(1)
@search(cases(images=st.integers(2, 60), seed=SEED), examples=8)
def test_accuracy(student, case):
    """The accuracy is the share of images whose class is predicted right."""
    judged(student, "plain", "accuracy", case.images, case.seed)


@points(3)
@search(cases(images=st.integers(1, 60), seed=SEED), examples=10)
def test_confusion_matrix(student, case):
    """The confusion matrix counts, for each true class (row), how often each class (column) was predicted."""
    judged(student, "plain", "confusion", case.images, case.seed)


@points(3)
@search(cases(images=st.integers(20, 60), seed=SEED), examples=10)
def test_ten_most_confident_mistakes(student, case):
    """The mistakes are the ten most confident ones, with index, true class, predicted class and confidence."""
    judged(student, "plain", "mistakes", case.images, case.seed)


@points(1)
@search(cases(images=st.integers(24, 48), seed=SEED), examples=6)
def test_ties_and_few_mistakes(student, case):
    """Equally confident mistakes keep the images' order, and where there are fewer than ten, fewer are listed."""
    judged(student, "ties", "mistakes", case.images, case.seed)
    judged(student, "sure", "mistakes", case.images, case.seed)


@points(1)
@search(cases(images=st.integers(4, 10), seed=SEED), examples=6)
def test_images_are_prepared_as_in_training(student, case):
    """Raw images are scaled to [0, 1] and padded with two rows and columns of zeros on each side, nothing else."""
    seen = judged(student, "prepared", "by_index", case.images, case.seed)
    expect(seen.get("sizes") == [(32, 32)], "The network is to get images of 32x32 pixels.")


@points(1)
@search(cases(images=st.integers(50, 90), seed=SEED), examples=4)
def test_evaluation_mode(student, case):
    """The network is put into evaluation mode, and nothing is recorded for a backward pass."""
    seen = judged(student, "mode", "accuracy", case.images, case.seed)
    expect(seen.get("graph") is False, "", diagnosis=misconceptions.LENET_EVALUATE["gradients-recorded"])
