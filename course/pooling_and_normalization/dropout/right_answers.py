"""Right answers by other ways, and the mutants of the reference that compute the same."""

from __future__ import annotations

DROPOUT_BINOMIAL = '''
import numpy as np


class Dropout:
    def __init__(self, rate=0.5, rng=None):
        if rate < 0 or rate >= 1:
            raise ValueError(f"a rate of {rate}")
        self.keep, self.rng = 1 - rate, rng or np.random.default_rng()

    def forward(self, x, training):
        if training:
            return x * (self.rng.binomial(1, self.keep, x.shape) / self.keep).astype(x.dtype)
        return x.copy()


def scale_at_test_time(weights, rate):
    return weights - rate * weights
'''
DROPOUT_LOOP = '''
import numpy as np


class Dropout:
    def __init__(self, rate=0.5, rng=None):
        if not (rate >= 0 and rate < 1):
            raise ValueError("rate is a share below 1")
        self.rate, self.rng = rate, rng
        if rng is None:
            self.rng = np.random.default_rng(np.random.randint(1 << 30))

    def forward(self, x, training=True):
        y = np.array(x)
        if not training:
            return y
        for place in np.ndindex(y.shape):
            if self.rng.uniform() < self.rate:
                y[place] = 0
            else:
                y[place] /= 1.0 - self.rate
        return y


def scale_at_test_time(weights, rate):
    keep = 1.0 - rate
    return np.array([[keep * weight for weight in row] for row in weights])
'''

ANSWERS = {"binomial mask": DROPOUT_BINOMIAL, "value by value": DROPOUT_LOOP}

EQUIVALENT = {
    "scale_at_test_time > as_float: image if image.dtype == np.float32 else image.astype(np.float64) -> "
    "image if image.dtype != np.float32 else image.astype(np.float64)": "the values are the same, whatever the dtype",
}
