"""Wrong turns with dropout."""

from __future__ import annotations

import numpy as np

from autograder.checks.api import Misconceptions

from ..max_pooling.misconceptions import DTYPES_ONLY
from ..max_pooling.reference import as_float
from . import reference as right

DROPOUT_SECTION = "Dropout"


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


@DROPOUT.add("always-float64", section=DROPOUT_SECTION, price=DTYPES_ONLY)
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
    price="a layer that drops nothing is no dropout",
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
    "same-number-each-time",
    "The same number of values was dropped in every call; each is dropped on its own, so the number varies.",
    DROPOUT_CLASS.format(rng=GIVEN, draw="self.mask = np.ones(x.size, bool)\n"
                         "        self.mask[self.rng.permutation(x.size)[:round(self.rate * x.size)]] = False\n"
                         "        self.mask = self.mask.reshape(x.shape)"),
    section=DROPOUT_SECTION,
)
DROPOUT.add_source(
    "generator-ignored", "The generator that was given was not used, so a seed does not make a run repeatable.",
    DROPOUT_CLASS.format(rng="np.random.default_rng()", draw="self.mask = self.rng.random(x.shape) >= self.rate"),
    section=DROPOUT_SECTION,
)


@SCALE_AT_TEST_TIME.add("times-rate", section=DROPOUT_SECTION)
def times_rate(weights, rate):
    """The weights were multiplied by the rate; a unit is there with probability 1 minus the rate."""
    return weights * rate


@SCALE_AT_TEST_TIME.add("divided", section=DROPOUT_SECTION)
def divided(weights, rate):
    """The weights were made larger; at inference all units are there, so each has to count for less."""
    return weights / (1 - rate)


@SCALE_AT_TEST_TIME.add("weights-unchanged", section=DROPOUT_SECTION)
def weights_unchanged(weights, rate):
    """The weights were left as they are; in the paper's way, inference makes up for what training dropped."""
    return np.array(weights)
