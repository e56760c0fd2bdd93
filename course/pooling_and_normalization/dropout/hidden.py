"""Hidden checks of dropout."""

from functools import partial

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_refusals,
    in_kernel,
    kernel_says,
    later,
    leaves_unchanged,
    look_at,
    misconceptions,
    numbers,
    points,
    reference,
    refused,
    returns_new,
    search,
)
from autograder.checks.api import strategies as st

from ..shared import SEED
from .probes import dropped_by, generator_of, state_of

DROPOUT = misconceptions.DROPOUT


def dropped(student, x, rate, seed, *, training=True):
    """What a new layer of the student's gives for x, with a generator of that seed; as `later` does."""
    return later(in_kernel(student, dropped_by).dropped_by, student.Dropout, x, rate, seed, training)


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


@points(1)
@search(cases(rows=st.integers(1, 4), columns=st.integers(4, 9), rate=st.sampled_from([0.2, 0.25, 0.75]), seed=SEED),
        examples=12)
def test_dropout_at_inference(student, case):
    """At inference every value passes unchanged."""
    x = numbers(case.rows, case.columns, seed=case.seed)

    def compare(result):
        kept = array_like(result, x) != 0
        expect_close(result, reference.dropout(x, kept, case.rate, False), like=DROPOUT)

    look_at(dropped(student, x, case.rate, case.seed, training=False), compare)


@points(1.5)
@search(cases(rows=st.integers(6, 8), columns=st.integers(10, 12), rate=st.sampled_from([0.75, 0.6, 0.7]), seed=SEED))
def test_dropout_in_training(student, case):
    """In training a value is 0, or as much larger as it takes for the expected sum to be the same."""
    x = numbers(case.rows, case.columns, seed=case.seed)

    def compare(result):
        kept = array_like(result, x) != 0
        expect(not np.array_equal(result, x), "", diagnosis=DROPOUT["inactive-in-training"])
        expect_close(result, reference.dropout(x, kept, case.rate, True), like=DROPOUT)

    look_at(dropped(student, x, case.rate, case.seed), compare)


@points(1)
def test_dropout_share(student):
    """The rate is the share that is dropped, and each value is dropped on its own."""
    x = np.ones((100, 100))
    asked = {rate: dropped(student, x, rate, 5) for rate in (0.25, 0.8)}
    small = [dropped(student, np.ones((8, 8)), 0.25, seed) for seed in range(30)]
    results = {rate: array_like(result.value, x) for rate, result in asked.items()}
    kept = {rate: result != 0 for rate, result in results.items()}
    expect(not all(np.array_equal(result, x) for result in results.values()), "",
           diagnosis=DROPOUT["inactive-in-training"])
    expect(not all(abs(mask.mean() - rate) < 0.03 for rate, mask in kept.items()), "",
           diagnosis=DROPOUT["rate-is-kept"])
    expect(not all(in_one_piece(mask) for mask in kept.values()), "", diagnosis=DROPOUT["whole-columns"])
    expect(all(abs(mask.mean() - (1 - rate)) < 0.03 for rate, mask in kept.items()),
           "In training, the share of values that become 0 is not the rate.")
    masks = [array_like(result.value, np.ones((8, 8))) != 0 for result in small]
    counts = [int(mask.sum()) for mask in masks]
    expect(len(set(counts)) > 1 or all(np.array_equal(mask, masks[0]) for mask in masks), "",
           diagnosis=DROPOUT["same-number-each-time"])
    alone = 1.5 < np.std(counts) < 7 and all(neighbours_agree(mask) < 0.05 for mask in kept.values())
    expect(alone, "In training, values are not dropped each on its own.")


def neighbours_agree(mask):
    """The correlation of neighbours in a row or a column, whichever is larger: near 0 where each is on its own."""
    apart = mask - mask.mean()
    pairs = (apart[1:] * apart[:-1]).mean(), (apart[:, 1:] * apart[:, :-1]).mean()
    return max(map(abs, pairs)) / mask.var()


def in_one_piece(mask):
    """Whether all rows are alike, or all columns, and yet not everything is."""
    return not mask.all() and bool(mask.any()) and bool((mask == mask[:1]).all() or (mask == mask[:, :1]).all())


@points(1)
def test_dropout_draws_each_time(student):
    """Every call in training draws a new mask."""
    layer, x = student.Dropout(0.5), np.ones((20, 20))
    first, second, third = (mask_of(student, layer, x) for _ in range(3))
    expect(not (np.array_equal(first, second) and np.array_equal(second, third)), "",
           diagnosis=DROPOUT["mask-drawn-once"])
    expect(not np.array_equal(first, second) and not np.array_equal(second, third),
           "Two calls in training dropped the same values.")


@points(1)
def test_dropout_uses_the_generator(student):
    """Two layers with generators of the same seed drop the same values, and others with another seed."""
    probes, x = in_kernel(student, generator_of, state_of), np.ones((20, 20))
    generators = [probes.generator_of(seed) for seed in (3, 3, 4)]
    before = [probes.state_of(generator) for generator in generators]
    masks = [mask_of(student, student.Dropout(0.5, rng=generator), x) for generator in generators]
    same = np.array_equal(masks[0], masks[1])
    unused = [probes.state_of(generator) for generator in generators] == before
    expect(same or not unused, "", diagnosis=DROPOUT["generator-ignored"])
    expect(same, "Two layers with generators of the same seed drop other values.")
    expect(not np.array_equal(masks[0], masks[2]), "Generators of different seeds gave the same mask.")


@points(0.5)
def test_dropout_of_nothing(student):
    """A rate of 0 changes nothing, and float32 stays float32."""
    for dtype in ("float64", "float32"):
        x = np.zeros((4, 5), dtype)
        result = array_like(dropped(student, x, 0.25, 1).value, x)
        expect(not result.any(), "What is 0 does not stay 0.")
        expect(result.dtype == dtype, f"The result for a {dtype} input is {result.dtype}.",
               diagnosis=DROPOUT["always-float64"] if dtype == "float32" else None)
        x = numbers(4, 5, dtype=dtype)
        result = array_like(dropped(student, x, 0.0, 1).value, x)
        if result.any():  # where everything is dropped, other tests say why
            expect_close(result, reference.dropout(x, x != 0, 0.0, True), what="the result with a rate of 0")


@points(0.5)
@kernel_says
def test_dropout_leaves_its_arguments_alone(student):
    """Neither x nor the weights are changed, and the weights to use at inference are a new array."""
    for training in (True, False):
        expect(leaves_unchanged(student, student.Dropout(0.5).forward, numbers(4, 5), training),
               "The input was changed.")
    expect(leaves_unchanged(student, student.scale_at_test_time, numbers(3, 4), 0.25), "The weights were changed.")
    expect(returns_new(student, student.scale_at_test_time, numbers(3, 4), 0.25),
           "The weights to use at inference are no new array.")


@points(0.5)
def test_dropout_refuses_a_rate(student):
    """A rate below 0, of 1 or above raises a ValueError that names the rate."""
    x = numbers(3, 4)
    for rate in (0, 0.9):
        array_like(student.Dropout(rate).forward(x, False), x)
    expect_refusals(student, [
        (refused("ValueError", naming="rate"), partial(lambda rate: student.Dropout(rate).forward(x, True), rate))
        for rate in (1, 1.0, 1.5, -0.1)
    ])


@points(1)
@search(cases(rows=st.integers(1, 4), columns=st.integers(1, 4), rate=st.sampled_from([0.2, 0.0, 0.5, 0.75]),
              seed=SEED))
def test_scaling_at_test_time(student, case):
    """The paper's way: at inference the outgoing weights count for as much as their unit was there in training."""
    weights = numbers(case.rows, case.columns, seed=case.seed)
    found = later(student.scale_at_test_time, weights, case.rate)
    expect_close(found, reference.scale_at_test_time(weights, case.rate), like=misconceptions.SCALE_AT_TEST_TIME)
