"""Wrong turns with ReLU and softmax."""

from __future__ import annotations

import numpy as np

from autograder.checks.api import Misconceptions

from ..max_pooling.reference import as_float
from . import reference as right

ACTIVATIONS = "ReLU and softmax"

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
    """The input was multiplied by a mask: minus infinity times 0 is NaN, and ReLU gives 0 there."""
    with np.errstate(invalid="ignore"):
        return x * (x > 0)


@RELU.add("absolute-value-added", section=ACTIVATIONS)
def absolute_value_added(x):
    """The absolute value was added and the sum halved: minus infinity plus infinity is NaN, and ReLU gives 0 there."""
    with np.errstate(all="ignore"):
        return ((np.abs(x) + x) / 2).astype(x.dtype)


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
    """The axis was ignored, and the last one taken; the probabilities should sum to 1 along the axis that is given."""
    return solve(logits, -1)


@SOFTMAX.add("first-axis-by-default", section=ACTIVATIONS)
def first_axis_by_default(solve, logits, axis=-1):
    """The probabilities sum to 1 along the first axis, over the batch; the last axis holds the classes."""
    return solve(logits, 0 if axis == -1 else axis)


@SOFTMAX.add("over-everything", section=ACTIVATIONS)
def over_everything(logits, axis=-1):
    """The sum ran over the whole array; every row of a batch is a distribution of its own."""
    return right.softmax(logits.reshape(-1)).reshape(logits.shape)


@SOFTMAX.add("one-sum-for-all", section=ACTIVATIONS)
def one_sum_for_all(logits, axis=-1):
    """The exponentials of all rows were summed; every row is divided by the sum of its own."""
    powers = np.exp(as_float(logits) - logits.max(axis=axis, keepdims=True))
    return powers / powers.sum()


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


@SOFTMAX.add("share-without-exp", section=ACTIVATIONS, price="no exponential is taken anywhere")
def share_without_exp(logits, axis=-1):
    """The logits were divided by their sum; it is their exponentials that are."""
    with np.errstate(all="ignore"):
        return as_float(logits) / as_float(logits).sum(axis=axis, keepdims=True)


@SOFTMAX.add("logarithm", section=ACTIVATIONS, price="nothing that comes out is a probability")
def logarithm(solve, logits, axis=-1):
    """These are the logarithms of the probabilities."""
    with np.errstate(divide="ignore"):
        return np.log(solve(logits, axis))
