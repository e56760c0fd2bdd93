"""Public checks of dropout."""

import numpy as np

from autograder.checks.api import expect, expect_close, expect_shape, misconceptions, numbers, reference, second


def test_dropout_at_inference(student):
    """At inference every value passes unchanged."""
    x, like = numbers(3, 4), misconceptions.DROPOUT
    result = student.Dropout(0.5).forward(x, training=False)
    expect_shape(result, (3, 4))
    dropped = bool((result == 0).sum() > (x == 0).sum()) and bool(result.any())  # all zeros are no drawn mask
    expect(not dropped, "", diagnosis=like["active-at-inference"])
    expect(not np.allclose(result, x / 2), "", diagnosis=like["scaled-at-inference"])
    expect_close(result, x, what="the result at inference")


def test_dropout_in_training(student):
    """In training about a quarter of the values is 0 with a rate of 0.25, and the mean stays about the same."""
    x, like = np.ones((100, 100)), misconceptions.DROPOUT
    result = student.Dropout(0.25).forward(x, training=True)
    expect_shape(result, (100, 100))
    zeros = float((result == 0).mean())
    expect(not np.array_equal(result, x), "", diagnosis=like["inactive-in-training"])
    expect(abs(zeros - 0.75) > 0.03, "", diagnosis=like["rate-is-kept"])
    expect(abs(zeros - 0.25) < 0.03, "The share of zeros is not the rate.", details=f"{zeros:.3f} of the values are 0")
    expect(not np.array_equal(result, x * (result != 0)), "", diagnosis=like["not-scaled"])
    for id, factor in (("scaled-by-rate", 4), ("scaled-down", 0.75)):
        expect(not np.allclose(result, factor * x * (result != 0)), "", diagnosis=like[id])
    expect_close(result, np.where(result != 0, x / 0.75, 0), what="the result in training")


def test_dropout_draws_each_time(student):
    """Two calls drop other values."""
    layer, x = student.Dropout(0.5), np.ones((20, 20))
    one, other = layer.forward(x, True), layer.forward(x, True)
    like = misconceptions.DROPOUT
    expect_shape(one, (20, 20))
    expect(not np.array_equal(one, x), "", diagnosis=like["inactive-in-training"])
    expect(not np.array_equal(one, other), "", diagnosis=like["mask-drawn-once"])


@second(lambda rng: 5)
def test_scaling_on_paper(student, case):
    """The AlexNet paper's way with a rate of 0.25: the weights are made smaller at inference."""
    weights = numbers(case, 3) if case else np.array([[1.0, -2.0], [4.0, 8.0]])
    expect_close(student.scale_at_test_time(weights, 0.25), reference.scale_at_test_time(weights, 0.25),
                 like=misconceptions.SCALE_AT_TEST_TIME)
