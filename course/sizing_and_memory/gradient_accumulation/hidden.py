"""Hidden checks of gradient-accumulation."""

import numpy as np

from autograder.checks.api import (
    cases,
    current,
    expect,
    expect_raises,
    fresh,
    in_kernel,
    kernel_says,
    measured,
    numbers,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ..shared import MB, gradients_of, on_one_thread, report_of, wide_layers
from .public import (
    accumulated,
    inputs_need_no_gradients,
    left_on,
    run_wide_accumulation,
    same_direction,
    same_gradients,
    same_loss,
)


def network(case, samples=None):
    """Weights of a small network, and a batch for it, from a drawn case."""
    units, seed, samples = case.units, case.seed, samples or case.samples
    weights = [numbers(units, 3, seed=seed), numbers(units, seed=seed + 1), numbers(2, units, seed=seed + 2),
               numbers(2, seed=seed + 3)]
    inputs = numbers(samples, 3, seed=seed + 4)
    if case.loss == "squared-error":
        return weights, inputs, numbers(samples, 2, seed=seed + 5)
    return weights, inputs, (numbers(samples, seed=seed + 6) > 0).astype(np.int64)


def asked(student, case, **how):
    return accumulated(student, *network(case), case.micro_batch, case.loss, **how)


DRAWN = {"units": st.integers(1, 3), "loss": st.sampled_from(["cross-entropy", "squared-error"]),
         "seed": st.integers(0, 50)}
EVEN = cases(parts=st.integers(2, 4), micro_batch=st.integers(1, 3), **DRAWN).map(
    lambda case: type(case)(case, samples=case.parts * case.micro_batch))
UNEVEN = cases(samples=st.integers(3, 8), micro_batch=st.integers(2, 5), **DRAWN).filter(
    lambda case: case.samples > case.micro_batch and case.samples % case.micro_batch)
WHOLE = cases(samples=st.integers(1, 4), extra=st.integers(0, 3), **DRAWN).map(
    lambda case: type(case)(case, micro_batch=case.samples + case.extra))


@points(2)
@search(EVEN, examples=12)
def test_gradients_of_equal_micro_batches(student, case):
    """Micro batches of one size leave the gradients of the whole batch."""
    same_gradients(*asked(student, case))


@points(2)
@search(UNEVEN, examples=10)
def test_gradients_with_a_smaller_last_micro_batch(student, case):
    """A last micro batch that is smaller counts by the samples it has; frozen layers stay without gradients."""
    for frozen in (False, True):
        same_gradients(*asked(student, case, frozen=frozen))


@points(1)
@search(WHOLE, examples=8)
def test_gradients_are_those_of_the_last_call(student, case):
    """Gradients that lay there before do not count, and nothing grows with every call."""
    same_gradients(*asked(student, case, earlier=2.0))
    same_gradients(*asked(student, case, other=True))


@points(0.5)
@kernel_says
@search(WHOLE, examples=6)
def test_inputs_need_no_gradients(student, case):
    """The inputs need no gradients afterwards, as before, and the gradients are right."""
    current().believed = True
    seen, right = asked(student, case, report="direction")
    same_direction(seen, right)
    inputs_need_no_gradients(seen)


@points(1)
@search(UNEVEN, examples=10)
def test_returned_loss(student, case):
    """The loss of the whole batch comes back, as a Python float."""
    same_loss(*asked(student, case, report="loss"))


NORMED = cases(parts=st.integers(2, 4), micro_batch=st.integers(2, 4), **DRAWN).map(
    lambda case: type(case)(case, samples=case.parts * case.micro_batch, units=case.units + 1))


@points(1)
@search(NORMED, examples=8)
def test_micro_batches_go_through_one_by_one(student, case):
    """Batch normalisation sees a micro batch and no more in training, and none in evaluation: the mode stays."""
    # the direction only: a wrong factor costs the points of the tests of the gradients
    for mode in ("training", "evaluation"):
        same_direction(*asked(student, case, normed=mode, report="direction"))


# A micro batch holds 100 MB, twice as many samples at once 200, and all four micro batches 400. The kernel's own are
# some 20, and 60 more where a notebook imports much of SciPy.
COPIES, SAMPLES, MICRO_BATCH = 25_000, 8, 2
ROOM = 205 * MB


@points(2)
def test_one_micro_batch_in_memory(student, rng):
    """The outputs of one micro batch at a time are in memory: the peak is that of a micro batch, not of the batch."""
    scales = [float(scale) for scale in rng.uniform(0.8, 1.2, 2)]
    inputs = rng.uniform(0.2, 1, (SAMPLES, 1)).astype(np.float32)
    # On one side of the outputs, so that what the samples add does not cancel.
    targets = rng.uniform(-1, -0.2, (SAMPLES, 1)).astype(np.float32)
    with fresh(student) as alone:
        kernel = in_kernel(alone, run_wide_accumulation, wide_layers, left_on, on_one_thread, gradients_of)
        with measured(alone) as used:
            seen = kernel.run_wide_accumulation(
                alone.accumulate_gradients, scales, inputs, targets, MICRO_BATCH, COPIES
            )
    seen = report_of(seen, "direction")
    right = reference.accumulation(scales, inputs, targets, MICRO_BATCH, wide=True, _report="direction")
    same_direction(seen, right, rtol=1e-3, atol=1e-4)
    expect(used.peak_bytes < ROOM, "The peak of memory is that of the whole batch, or nearly: the outputs of more than "
           "one micro batch were held at once.")


@points(0.5)
def test_micro_batch_below_one(student):
    """A micro_batch below 1 is refused with a ValueError that names it; one of 1 is not."""
    weights = [numbers(2, 3), numbers(2), numbers(2, 2), numbers(2)]
    case = (weights, numbers(4, 3), numbers(4, 2))
    same_direction(*accumulated(student, *case, 1, "squared-error", report="direction"))
    for micro_batch in (0, -2):
        with expect_raises("ValueError", naming="micro_batch"):
            accumulated(student, *case, micro_batch, "squared-error")
