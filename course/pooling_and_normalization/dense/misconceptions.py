"""Wrong turns with dense layers."""

from __future__ import annotations

import numpy as np

from autograder.checks.api import Misconceptions

from . import reference as right

DENSE_SECTION = "Dense layers"


def _dense_layer(compute, spread):
    """A class Dense that computes with `compute` and draws weights that are spread as `spread(in_features)` says."""

    class Dense:
        def __init__(self, in_features, out_features):
            for name, count in {"in_features": in_features, "out_features": out_features}.items():
                if count < 1:
                    raise ValueError(f"{name} must be at least 1, not {count}")
            start, draw = spread(in_features), np.random.default_rng()
            self.weights = draw.normal(0, start["deviation"], (in_features, out_features))
            if start["deviation"] and start["beyond_two"] == 0:
                reach = np.sqrt(3) * start["deviation"]
                self.weights = draw.uniform(-reach, reach, (in_features, out_features))
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
    return {"deviation": 0.0, "beyond_one": 0.0, "beyond_two": 0.0}


@DENSE_START.add("weights-unscaled", section=DENSE_SECTION)
def weights_unscaled(in_features):
    """The weights have a standard deviation of 1: then the outputs grow with the root of the number of inputs."""
    return right.dense_start(in_features) | {"deviation": 1.0}


@DENSE_START.add("variance-for-deviation", section=DENSE_SECTION)
def variance_for_deviation(in_features):
    """He's rule gives the variance, 2 / in_features; the standard deviation is its root."""
    return right.dense_start(in_features) | {"deviation": 2 / in_features}


@DENSE_START.add("half-of-he", section=DENSE_SECTION)
def half_of_he(in_features):
    """The weights are scaled for 1 / in_features; He's rule has a 2, since ReLU silences half of the units."""
    return right.dense_start(in_features) | {"deviation": float(np.sqrt(1 / in_features))}


@DENSE_START.add("uniform-weights", section=DENSE_SECTION)
def uniform_weights(in_features):
    """The weights are drawn from a uniform distribution; a normal one is asked for, which has no limits."""
    return right.dense_start(in_features) | {"beyond_one": 0.4226, "beyond_two": 0.0}
