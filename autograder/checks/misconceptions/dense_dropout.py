"""Wrong turns with dense layers, ReLU, softmax and dropout."""

from __future__ import annotations

import numpy as np

from ..diagnosis import Misconceptions
from ..reference import normalization as right
from ..reference.pooling import as_float

DENSE_SECTION, ACTIVATIONS, DROPOUT_SECTION = "Dense layers", "ReLU and softmax", "Dropout"


def _dense_layer(compute, spread):
    """A class Dense that computes with `compute` and draws weights of the standard deviation `spread(in_features)`."""

    class Dense:
        def __init__(self, in_features, out_features):
            for name, count in {"in_features": in_features, "out_features": out_features}.items():
                if count < 1:
                    raise ValueError(f"{name} must be at least 1, not {count}")
            self.weights = np.random.default_rng().normal(0, spread(in_features), (in_features, out_features))
            self.biases = np.zeros(out_features)

        def forward(self, x):
            return compute(x, self.weights, self.biases)

    return {"Dense": Dense}


DENSE = Misconceptions("dense", right.dense, student=lambda solve: _dense_layer(solve, right.dense_start))
DENSE_START = Misconceptions("dense", right.dense_start, student=lambda solve: _dense_layer(right.dense, solve))


@DENSE.add("bias-missing", section=DENSE_SECTION)
def bias_missing(solve, x, weights, biases):
    """The biases were not added."""
    return solve(x, weights, np.zeros_like(biases))


@DENSE.add("one-bias-for-all", section=DENSE_SECTION)
def one_bias_for_all(solve, x, weights, biases):
    """One bias was added to all outputs; each has its own."""
    return solve(x, weights, np.full_like(biases, biases[0]))


@DENSE.add("rank-changed", section=DENSE_SECTION)
def dense_rank_changed(solve, x, weights, biases):
    """A single sample came back as a batch of one; a vector of features gives a vector."""
    return np.atleast_2d(solve(x, weights, biases))


@DENSE.add("relu-inside", section=DENSE_SECTION)
def relu_inside(solve, x, weights, biases):
    """Negative results were cut off: the layer is the matrix product and the biases alone, ReLU comes after it."""
    return np.maximum(solve(x, weights, biases), 0)


@DENSE.add("always-float64", section=DENSE_SECTION)
def dense_always_float64(solve, x, weights, biases):
    """A float32 input became float64, because the weights are; the result has to be float32 again."""
    return solve(x, weights, biases).astype(np.float64)


@DENSE_START.add("weights-zero", section=DENSE_SECTION)
def weights_zero(in_features):
    """All weights start at zero: then all units compute the same, get the same gradient and stay alike forever."""
    return 0.0


@DENSE_START.add("weights-unscaled", section=DENSE_SECTION)
def weights_unscaled(in_features):
    """The weights have a standard deviation of 1: then the outputs grow with the root of the number of inputs."""
    return 1.0


@DENSE_START.add("variance-for-deviation", section=DENSE_SECTION)
def variance_for_deviation(in_features):
    """He's rule gives the variance, 2 / in_features; the standard deviation is its root."""
    return 2 / in_features


@DENSE_START.add("half-of-he", section=DENSE_SECTION)
def half_of_he(in_features):
    """The weights are scaled for 1 / in_features; He's rule has a 2, since ReLU silences half of the units."""
    return float(np.sqrt(1 / in_features))


RELU = Misconceptions("relu-softmax", right.relu)
SOFTMAX = Misconceptions("relu-softmax", right.softmax)


@RELU.add("absolute-value", section=ACTIVATIONS)
def absolute_value(x):
    """Negative numbers changed their sign; ReLU makes them zero."""
    return np.abs(x)


@RELU.add("unchanged", section=ACTIVATIONS)
def unchanged(x):
    """Negative numbers came through; ReLU makes them zero."""
    return np.array(x)


@RELU.add("step", section=ACTIVATIONS)
def step(x):
    """Positive numbers became 1; they stay as they are."""
    return (x > 0).astype(x.dtype)


@RELU.add("capped", section=ACTIVATIONS)
def capped(x):
    """Numbers above 1 were cut off; ReLU has no upper limit."""
    return np.clip(x, 0, 1)


@RELU.add("negatives-dropped", section=ACTIVATIONS)
def negatives_dropped(x):
    """Negative numbers were taken out, so the shape changed; they become zero and keep their place."""
    return x[x > 0]


@RELU.add("mask-times-infinity", section=ACTIVATIONS)
def mask_times_infinity(x):
    """The input was multiplied with a mask: minus infinity times 0 is NaN, and ReLU gives 0 there."""
    with np.errstate(invalid="ignore"):
        return x * (x > 0)


@RELU.add("nan-lost", section=ACTIVATIONS)
def nan_lost(x):
    """A NaN became 0: comparisons with NaN are false. It has to come through, or a broken network looks healthy."""
    return np.where(x > 0, x, 0).astype(x.dtype)


@SOFTMAX.add("overflow", section=ACTIVATIONS)
def overflow(logits, axis=-1):
    """The exponentials overflowed: exp(1000) is infinite as a float, and infinite by infinite is NaN."""
    with np.errstate(all="ignore"):
        powers = np.exp(as_float(logits))
        return powers / powers.sum(axis=axis, keepdims=True)


@SOFTMAX.add("axis-ignored", section=ACTIVATIONS)
def axis_ignored(solve, logits, axis=-1):
    """The axis was ignored, and the last one taken; the probabilities are to sum to 1 along the axis that is given."""
    return solve(logits, -1)


@SOFTMAX.add("first-axis-by-default", section=ACTIVATIONS)
def first_axis_by_default(solve, logits, axis=-1):
    """The probabilities sum to 1 along the first axis, over the batch; the last axis holds the classes."""
    return solve(logits, 0 if axis == -1 else axis)


@SOFTMAX.add("over-everything", section=ACTIVATIONS)
def over_everything(logits, axis=-1):
    """The sum ran over the whole array; every row of a batch is a distribution of its own."""
    return right.softmax(logits.reshape(-1)).reshape(logits.shape)


@SOFTMAX.add("one-maximum-for-all", section=ACTIVATIONS)
def one_maximum_for_all(logits, axis=-1):
    """One maximum was taken off all rows: a row far below it has only zeros left, and 0 / 0 is NaN."""
    powers = np.exp(as_float(logits) - logits.max())
    with np.errstate(all="ignore"):
        return powers / powers.sum(axis=axis, keepdims=True)


@SOFTMAX.add("not-normalised", section=ACTIVATIONS)
def not_normalised(logits, axis=-1):
    """The exponentials were not divided by their sum, so they are no probabilities."""
    return np.exp(as_float(logits) - logits.max(axis=axis, keepdims=True))


@SOFTMAX.add("share-without-exp", section=ACTIVATIONS)
def share_without_exp(logits, axis=-1):
    """The logits were divided by their sum; it is their exponentials that are."""
    with np.errstate(all="ignore"):
        return as_float(logits) / as_float(logits).sum(axis=axis, keepdims=True)


@SOFTMAX.add("logarithm", section=ACTIVATIONS)
def logarithm(solve, logits, axis=-1):
    """These are the logarithms of the probabilities."""
    with np.errstate(divide="ignore"):
        return np.log(solve(logits, axis))


def _dropout_layer(solve):
    class Dropout:
        def __init__(self, rate=0.5, rng=None):
            if not 0 <= rate < 1:
                raise ValueError(f"rate must be at least 0 and below 1, not {rate}")
            self.rate, self.rng = rate, rng if rng is not None else np.random.default_rng()

        def forward(self, x, training):
            return solve(x, self.rng.random(x.shape) >= self.rate, self.rate, training)

    return {"Dropout": Dropout}


DROPOUT = Misconceptions("dropout", right.dropout, student=_dropout_layer)
SCALE_AT_TEST_TIME = Misconceptions("dropout", right.scale_at_test_time)


@DROPOUT.add("not-scaled", section=DROPOUT_SECTION)
def not_scaled(solve, x, kept, rate, training):
    """What is kept was not scaled up in training, so the next layer gets less there than at inference."""
    return solve(x, kept, 0.0, training)


@DROPOUT.add("scaled-by-rate", section=DROPOUT_SECTION)
def scaled_by_rate(x, kept, rate, training):
    """What is kept was divided by the rate; the share that is kept is 1 minus the rate."""
    with np.errstate(all="ignore"):
        return np.where(kept, as_float(x) / np.float64(rate), 0) if training else x


@DROPOUT.add("scaled-down", section=DROPOUT_SECTION)
def scaled_down(x, kept, rate, training):
    """What is kept was made smaller in training; it is scaled up, to make up for what is dropped."""
    return np.where(kept, x, 0) * (1 - rate) if training else x


@DROPOUT.add("active-at-inference", section=DROPOUT_SECTION)
def active_at_inference(solve, x, kept, rate, training):
    """Values were dropped at inference; there the layer passes everything on unchanged."""
    return solve(x, kept, rate, True)


@DROPOUT.add("scaled-at-inference", section=DROPOUT_SECTION)
def scaled_at_inference(solve, x, kept, rate, training):
    """The values were scaled at inference; inverted dropout scales in training, and leaves inference alone."""
    return solve(x, kept, rate, training) if training else x * (1 - rate)


@DROPOUT.add("always-float64", section=DROPOUT_SECTION)
def dropout_always_float64(solve, x, kept, rate, training):
    """A float32 input became float64; it stays float32."""
    return solve(x, kept, rate, training).astype(np.float64)


DROPOUT_CLASS = """\
import numpy as np

class Dropout:
    def __init__(self, rate=0.5, rng=None):
        if not 0 <= rate < 1:
            raise ValueError("rate must be in [0, 1)")
        self.rate, self.rng, self.mask = rate, {rng}, None

    def forward(self, x, training):
        x = x if x.dtype == np.float32 else x.astype(np.float64)
        if not training:
            return x
        {draw}
        return (np.where(self.mask, x, 0) / (1 - self.rate)).astype(x.dtype)
"""
GIVEN = "rng or np.random.default_rng()"
DROPOUT.add_source(
    "mask-drawn-once", "The same values were dropped in two calls; every call draws a new mask.",
    DROPOUT_CLASS.format(
        rng=GIVEN, draw="if self.mask is None or self.mask.shape != x.shape:\n"
        "            self.mask = self.rng.random(x.shape) >= self.rate"
    ), section=DROPOUT_SECTION,
)
DROPOUT.add_source(
    "inactive-in-training", "Nothing was dropped in training; it is at inference that every value passes.",
    DROPOUT_CLASS.format(rng=GIVEN, draw="return x"), section=DROPOUT_SECTION,
)
DROPOUT.add_source(
    "rate-is-kept", "The rate was taken for the share that is kept; it is the share that is dropped.",
    DROPOUT_CLASS.format(rng=GIVEN, draw="self.mask = self.rng.random(x.shape) < self.rate"), section=DROPOUT_SECTION,
)
DROPOUT.add_source(
    "whole-columns", "Whole rows or columns were dropped together; each value is dropped on its own.",
    DROPOUT_CLASS.format(
        rng=GIVEN, draw="self.mask = np.broadcast_to(self.rng.random(x.shape[-1]) >= self.rate, x.shape)"
    ), section=DROPOUT_SECTION,
)
DROPOUT.add_source(
    "generator-ignored", "The generator that was given was not used, so a seed does not make a run repeatable.",
    DROPOUT_CLASS.format(rng="np.random.default_rng()", draw="self.mask = self.rng.random(x.shape) >= self.rate"),
    section=DROPOUT_SECTION,
)


@SCALE_AT_TEST_TIME.add("times-rate", section=DROPOUT_SECTION)
def times_rate(weights, rate):
    """The weights were multiplied with the rate; a unit is there with probability 1 minus the rate."""
    return weights * rate


@SCALE_AT_TEST_TIME.add("divided", section=DROPOUT_SECTION)
def divided(weights, rate):
    """The weights were made larger; at inference all units are there, so each has to count for less."""
    return weights / (1 - rate)


@SCALE_AT_TEST_TIME.add("weights-unchanged", section=DROPOUT_SECTION)
def weights_unchanged(weights, rate):
    """The weights were left as they are; in the paper's way, inference makes up for what training dropped."""
    return np.array(weights)
