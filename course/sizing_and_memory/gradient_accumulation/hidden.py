"""Hidden checks of gradient-accumulation."""

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_raises,
    in_kernel,
    misconceptions,
    numbers,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ..shared import gradients_of, measured, on_one_thread
from . import public


def network(case):
    """Weights of a small network, and a batch for it, from a drawn case."""
    units, seed = case.units, case.seed
    weights = [numbers(units, 3, seed=seed), numbers(units, seed=seed + 1), numbers(2, units, seed=seed + 2),
               numbers(2, seed=seed + 3)]
    inputs = numbers(case.samples, 3, seed=seed + 4)
    if case.loss == "squared-error":
        return weights, inputs, numbers(case.samples, 2, seed=seed + 5)
    return weights, inputs, (numbers(case.samples, seed=seed + 6) > 0).astype(np.int64)


ACCUMULATED = {"gradients": np.ndarray, "weights": np.ndarray, "sizes": list, "most_alive": int}


def accumulated(student, case, report, earlier=None, frozen=False):
    """(what the student's function left, the right report) for a case."""
    arguments = (*network(case), case.micro_batch, case.loss, earlier, frozen)
    kernel = in_kernel(student, public.run_accumulation, on_one_thread, gradients_of)
    seen = measured(kernel.run_accumulation(student.accumulate_gradients, *arguments), ACCUMULATED)
    return seen, reference.accumulation(*arguments, _report=report)


def same_gradients(seen, right):
    expect_close(seen["gradients"], right, like=misconceptions.ACCUMULATION, what="the row of all gradients")


def in_micro_batches(seen, case):
    """The network saw micro batches only, each once."""
    sizes = seen["sizes"]
    expect(
        all(size <= case.micro_batch for size in sizes), "More samples than a micro batch went through at once.",
        diagnosis=misconceptions.ACCUMULATION["whole-batch-at-once"],
    )


DRAWN = {"units": st.integers(1, 3), "loss": st.sampled_from(["cross-entropy", "squared-error"]),
         "seed": st.integers(0, 50)}
EVEN = cases(parts=st.integers(2, 4), micro_batch=st.integers(1, 3), **DRAWN).map(
    lambda case: type(case)(case, samples=case.parts * case.micro_batch))
UNEVEN = cases(samples=st.integers(3, 8), micro_batch=st.integers(2, 5), **DRAWN).filter(
    lambda case: case.samples > case.micro_batch and case.samples % case.micro_batch)


@points(3)
@search(EVEN, examples=15)
def test_gradients_of_equal_micro_batches(student, case):
    """Micro batches of one size leave the gradients of the whole batch."""
    seen, right = accumulated(student, case, "gradients")
    same_gradients(seen, right)
    in_micro_batches(seen, case)


@points(2)
@search(UNEVEN, examples=12)
def test_gradients_with_a_smaller_last_micro_batch(student, case):
    """A last micro batch that is smaller counts by the samples it has; frozen layers stay without gradients."""
    for frozen in (False, True):
        seen, right = accumulated(student, case, "gradients", frozen=frozen)
        same_gradients(seen, right)
        in_micro_batches(seen, case)


WHOLE = cases(samples=st.integers(1, 4), extra=st.integers(0, 3), **DRAWN).map(
    lambda case: type(case)(case, micro_batch=case.samples + case.extra))


@points(1)
@search(WHOLE, examples=10)
def test_gradients_are_zeroed_first(student, case):
    """Gradients that lay there before the call do not count."""
    seen, right = accumulated(student, case, "gradients", earlier=2.0)
    same_gradients(seen, right)


@points(1)
@search(UNEVEN, examples=12)
def test_returned_loss(student, case):
    """The loss of the whole batch comes back, as a Python float."""
    seen, right = accumulated(student, case, "loss")
    loss = seen["loss"]
    tensor = hasattr(loss, "framework")
    expect_close(loss.array if tensor else loss, right, like=misconceptions.ACCUMULATION, what="the returned loss")
    expect(isinstance(loss, float), "The returned loss is not a Python float.",
           diagnosis=misconceptions.ACCUMULATION["loss-as-a-tensor"] if tensor else None)


@points(2)
@search(EVEN, examples=12)
def test_one_micro_batch_in_memory(student, case):
    """The activations of one micro batch at a time are kept, all samples count, and the weights stay."""
    seen, right = accumulated(student, case, "gradients")
    in_micro_batches(seen, case)
    expect(seen["most_alive"] == 1, "Activations of more than one micro batch were kept at once.",
           diagnosis=misconceptions.ACCUMULATION["one-backward-at-the-end"])
    left = np.concatenate([part.ravel() for part in network(case)[0]])
    expect(np.array_equal(seen["weights"], left), "The weights changed.",
           diagnosis=misconceptions.ACCUMULATION["weights-updated"])
    # the direction only: a wrong factor costs the points of the tests of the gradients
    same_gradients({"gradients": scaled_to(seen["gradients"], right.value)}, right)


def scaled_to(row, wanted):
    """The row at the length of another of its shape."""
    length = float(np.linalg.norm(row))
    return row * (np.linalg.norm(wanted) / length) if 0 < length < np.inf else row


@points(1)
def test_micro_batch_below_one(student):
    """A micro_batch below 1 is refused with a ValueError that names it."""
    weights = [numbers(2, 3), numbers(2), numbers(2, 2), numbers(2)]
    kernel = in_kernel(student, public.run_accumulation, on_one_thread, gradients_of)
    for micro_batch in (0, -2):
        with expect_raises("ValueError", naming="micro_batch"):
            kernel.run_accumulation(student.accumulate_gradients, weights, numbers(4, 3), numbers(4, 2), micro_batch,
                                    "squared-error", None, False)
