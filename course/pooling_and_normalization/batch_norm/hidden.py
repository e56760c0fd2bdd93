"""Hidden checks of batch-norm."""

from functools import partial

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_refusals,
    kernel_says,
    leaves_unchanged,
    misconceptions,
    numbers,
    points,
    refused,
    search,
)
from autograder.checks.api import strategies as st

from ..shared import SEED
from .public import ROUGHLY, compare

BATCH_NORM = misconceptions.BATCH_NORM
BATCHES = cases(batch=st.integers(2, 3), height=st.integers(2, 3), width=st.integers(2, 4), channels=st.integers(2, 3),
                seed=SEED)
MOMENTUM = st.sampled_from([0.9, 0.75, 0.6])


def batch_of(case, *, second=0):
    """A batch whose channels have means and deviations of their own."""
    x = numbers(case.batch, case.height, case.width, case.channels, seed=case.seed + 1000 * second)
    away = numbers(2, case.channels, seed=case.seed + 500 + second)
    return (2 + np.abs(away[0])) * x + 3 * away[1]


def plain_batch(channels):
    """Ones and minus ones: every channel has mean 0 and variance 1, in each image as in the batch."""
    signs = np.array([[1.0, -1.0, 1.0, -1.0], [-1.0, 1.0, -1.0, 1.0]])
    return signs[None, :, :, None] * np.array([1.0, -1.0, 1.0])[:channels] * np.ones((2, 1, 1, 1))


def two_of(case):
    """Two rows of numbers for each channel, the second positive."""
    rows = numbers(2, case.channels, seed=case.seed + 7)
    return rows[0], 0.5 + np.abs(rows[1])


@points(1)
@search(BATCHES, examples=12)
def test_batch_norm_in_training(student, case):
    """In training each channel is brought to mean 0 and variance 1, over all images and pixels of this very batch."""
    compare(student, batch_of(case), True, "output", before=[(batch_of(case, second=1), True)], **ROUGHLY)


@points(1)
@search(cases(channels=st.integers(2, 3), seed=SEED), examples=12)
def test_batch_norm_scale_and_offset(student, case):
    """Each channel is multiplied by its own gamma, and then its own beta is added."""
    compare(student, plain_batch(case.channels), False, "output", scale=two_of(case), **ROUGHLY)


@points(1)
@search(BATCHES, examples=12)
def test_batch_norm_at_inference(student, case):
    """At inference the running values count, and the batch's own mean and variance do not."""
    x, before = batch_of(case), [(batch_of(case, second=1), True)]
    compare(student, x, False, "output", running=two_of(case), **ROUGHLY)
    compare(student, x, False, "running_mean", "running_var", "output", before=before, **ROUGHLY)


@points(1.5)
@search(cases(batch=st.integers(2, 3), height=st.integers(2, 3), width=st.integers(2, 4), channels=st.integers(2, 3),
              momentum=MOMENTUM, seed=SEED), examples=12)
def test_batch_norm_running_values(student, case):
    """In training the running values, at first 0 and 1, keep the share `momentum` and take the rest from the batch."""
    x, before = batch_of(case), [(batch_of(case, second=1), True)]
    compare(student, before[0][0], True, "running_mean", "running_var", momentum=case.momentum, **ROUGHLY)
    compare(student, x, True, "running_mean", "running_var", before=before, momentum=case.momentum, **ROUGHLY)


@points(1)
@search(BATCHES, examples=12)
def test_batch_norm_inference_changes_nothing(student, case):
    """Inference leaves the running values alone, however often it is asked, and a batch of one or none will do."""
    x, other = batch_of(case), batch_of(case, second=1)
    compare(student, x, False, "output", "running_mean", "running_var", before=[(x, False), (other, False)], **ROUGHLY)
    compare(student, x[:1], False, "output", **ROUGHLY)
    compare(student, x[:0], False, "output", **ROUGHLY)


@points(1)
@search(cases(channels=st.integers(2, 3), eps=st.sampled_from([0.5, 2.0, 1e-3]), seed=SEED), examples=12)
def test_batch_norm_eps(student, case):
    """eps is added to the variance, under the root; without one it is 0.00001."""
    x, running = 2 * plain_batch(case.channels), (np.zeros(case.channels), np.full(case.channels, 4.0))
    compare(student, x, False, "output", running=running, eps=case.eps)
    compare(student, x, False, "output", running=running)


@points(0.5)
def test_batch_norm_of_an_image(student):
    """A single image keeps its rank; a float32 x gives a float32 result, everything else a float64 one."""
    for dtype, wanted in (("float32", "float32"), ("float64", "float64"), ("int64", "float64"), ("uint8", "float64")):
        x = 20 * numbers(3, 4, 2, seed=3, dtype=dtype)
        reports = [compare(student, x, training, "output", **ROUGHLY).value for training in (False, True)]
        found = [report["output"].dtype for report in reports]
        expect(set(found) == {np.dtype(wanted)}, f"The result for a {dtype} x is {found[0]}, not {wanted}.",
               diagnosis=BATCH_NORM["always-float64"] if wanted == "float32" else None)


@points(0.5)
@kernel_says
def test_batch_norm_leaves_x_alone(student):
    """x stays as it was, in training and at inference."""
    for training in (True, False):
        expect(leaves_unchanged(student, student.BatchNorm(2).forward, numbers(2, 3, 2, 2), training),
               "x was changed; write the result into an array of its own.")


@points(0.5)
def test_batch_norm_refuses(student):
    """Fewer than one channel, and an x of another rank or with other channels, raise a ValueError that names it."""
    compare(student, numbers(2, 3, 3, 1), False, "output", **ROUGHLY)
    expect_refusals(student, [
        *((refused("ValueError", naming="channels"), partial(student.BatchNorm, channels)) for channels in (0, -1)),
        *((refused("ValueError", naming="x"), partial(lambda x: student.BatchNorm(2).forward(x, True), x))
          for x in (numbers(4, 2), numbers(1, 2, 2, 2, 2), numbers(2, 3, 3, 1), numbers(2, 2, 3))),
    ])
