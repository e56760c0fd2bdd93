"""Hidden checks of dropout."""

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_raises,
    in_kernel,
    leaves_unchanged,
    misconceptions,
    numbers,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ..shared import SEED
from .probes import generator_of

DROPOUT = misconceptions.DROPOUT


def dropped(student, x, rate, seed, training=True):
    """What a new layer of the student's gives for x, with a generator of that seed; an array of x's shape."""
    layer = student.Dropout(rate, in_kernel(student, generator_of).generator_of(seed))
    return array_like(layer.forward(x, training), x)


def array_like(result, x):
    """The result, once it is known to be an array of x's shape."""
    expect(isinstance(result, np.ndarray), "The result is no NumPy array.")
    expect(result.shape == x.shape, "The result does not have the shape of the input.")
    return result


def mask_of(student, layer, x):
    """Where the layer kept values in one more call in training; some are kept and some are not."""
    kept = array_like(layer.forward(x, True), x) != 0
    expect(0 < kept.sum() < kept.size, "In training, some values are dropped and some are kept.")
    return kept


@points(1.5)
@search(cases(rows=st.integers(1, 4), columns=st.integers(4, 9), rate=st.sampled_from([0.2, 0.25, 0.75]), seed=SEED))
def test_dropout_at_inference(student, case):
    """At inference every value passes unchanged."""
    x = numbers(case.rows, case.columns, seed=case.seed)
    result = dropped(student, x, case.rate, case.seed, training=False)
    expect_close(result, reference.dropout(x, result != 0, case.rate, False), like=DROPOUT)


@points(2)
@search(cases(rows=st.integers(6, 8), columns=st.integers(10, 12), rate=st.sampled_from([0.75, 0.6, 0.7]), seed=SEED))
def test_dropout_in_training(student, case):
    """In training a value is 0, or as much larger as it takes for the expected sum to be the same."""
    x = numbers(case.rows, case.columns, seed=case.seed)
    result = dropped(student, x, case.rate, case.seed)
    expect((result == 0).any(), "", diagnosis=DROPOUT["inactive-in-training"])
    expect_close(result, reference.dropout(x, result != 0, case.rate, True), like=DROPOUT)


@points(1)
def test_dropout_share(student):
    """The rate is the share that is dropped, and each value is dropped on its own."""
    for rate in (0.25, 0.8):
        zeros = dropped(student, np.ones((100, 100)), rate, 5) == 0
        share = float(zeros.mean())
        expect(abs(share - (1 - rate)) > 0.03, "", diagnosis=DROPOUT["rate-is-kept"])
        together = zeros.all(axis=0).any() or zeros.all(axis=1).any()
        expect(not together, "", diagnosis=DROPOUT["whole-columns"])
        expect(abs(share - rate) < 0.03, "In training, the share of values that become 0 is not the rate.")


@points(1)
def test_dropout_draws_each_time(student):
    """Every call in training draws a new mask."""
    layer, x = student.Dropout(0.5), np.ones((20, 20))
    first, second = mask_of(student, layer, x), mask_of(student, layer, x)
    expect(not np.array_equal(first, second), "", diagnosis=DROPOUT["mask-drawn-once"])


@points(0.5)
def test_dropout_uses_the_generator(student):
    """Two layers with generators of the same seed drop the same values, and others with another seed."""
    generator, x = in_kernel(student, generator_of).generator_of, np.ones((20, 20))
    masks = [mask_of(student, student.Dropout(0.5, rng=generator(seed)), x) for seed in (3, 3, 4)]
    expect(np.array_equal(masks[0], masks[1]), "", diagnosis=DROPOUT["generator-ignored"])
    expect(not np.array_equal(masks[0], masks[2]), "Generators of different seeds gave the same mask.")


@points(0.5)
def test_dropout_of_nothing(student):
    """A rate of 0 changes nothing; float32 stays float32, and the input is not written to."""
    for dtype in ("float64", "float32"):
        x = numbers(4, 5, dtype=dtype)
        result = dropped(student, x, 0.0, 1)
        expect_close(result, reference.dropout(x, x != 0, 0.0, True), like=DROPOUT)
        expect(result.dtype == dtype, f"The result for a {dtype} input is {result.dtype}.",
               diagnosis=DROPOUT["always-float64"] if dtype == "float32" else None)
    expect(leaves_unchanged(student, student.Dropout(0.5).forward, numbers(4, 5), True), "The input was changed.")


@points(0.5)
def test_dropout_refuses_a_rate(student):
    """A rate below 0, of 1 or above raises a ValueError that names the rate."""
    x = numbers(3, 4)
    expect_close(student.Dropout(0.9).forward(x, False), reference.dropout(x, x != 0, 0.9, False), like=DROPOUT)
    for rate in (1, 1.0, 1.5, -0.1):
        with expect_raises("ValueError", naming="rate"):
            student.Dropout(rate).forward(x, True)


@points(1)
@search(cases(rows=st.integers(1, 4), columns=st.integers(1, 4), rate=st.sampled_from([0.2, 0.0, 0.5, 0.75]),
              seed=SEED))
def test_scaling_at_test_time(student, case):
    """The paper's way: at inference the outgoing weights count for as much as their unit was there in training."""
    weights = numbers(case.rows, case.columns, seed=case.seed)
    expect_close(student.scale_at_test_time(weights, case.rate), reference.scale_at_test_time(weights, case.rate),
                 like=misconceptions.SCALE_AT_TEST_TIME)
