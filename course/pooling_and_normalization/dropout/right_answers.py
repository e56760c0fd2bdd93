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


DROPOUT_MASK = '''
import numpy as np


class Dropout:
    def __init__(self, rate=0.5, rng=None):
        if not 0 <= rate < 1:
            raise ValueError(f"rate must be in [0, 1), got {rate}")
        self.rate = rate
        self.rng = np.random.default_rng() if rng is None else rng
        self.mask = None

    def forward(self, x, training):
        if not training:
            return x
        self.mask = (self.rng.random(x.shape) >= self.rate) / (1 - self.rate)
        return (x * self.mask).astype(x.dtype)


def scale_at_test_time(weights, rate):
    return np.multiply(weights, 1 - rate)
'''
ANSWERS["a scaled mask"] = DROPOUT_MASK

WRONG = {
    "x is multiplied in place": DROPOUT_MASK.replace(
        "        return (x * self.mask).astype(x.dtype)", "        x *= self.mask.astype(x.dtype)\n        return x"),
    "the weights are multiplied in place": DROPOUT_MASK.replace(
        "    return np.multiply(weights, 1 - rate)", "    weights *= 1 - rate\n    return weights"),
    "neighbours in pairs": DROPOUT_MASK.replace(
        "self.rng.random(x.shape) >=", "self.rng.random(x.size).repeat(2)[:x.size].reshape(x.shape) >="),
    "scaled to keep the variance": DROPOUT_MASK.replace("/ (1 - self.rate)\n", "/ np.sqrt(1 - self.rate)\n"),
    "scaled by the share that was kept": DROPOUT_MASK.replace(
        "/ (1 - self.rate)\n", "\n        self.mask = self.mask / max(self.mask.mean(), 1e-9)\n").replace(
        "(self.rng.random(x.shape) >= self.rate) \n", "1.0 * (self.rng.random(x.shape) >= self.rate)\n"),
    "the generator begins anew in every call": DROPOUT_MASK.replace(
        "        self.mask = (self.rng.random",
        "        rng = np.random.default_rng(0) if self.mask is None else self.rng\n"
        "        self.mask = (rng.random"),
}

EQUIVALENT = {
    "scale_at_test_time > as_float: image if image.dtype == np.float32 else image.astype(np.float64) -> "
    "image if image.dtype != np.float32 else image.astype(np.float64)": "the values are the same, whatever the dtype",
}


BY_CHOICE = '''
import numpy as np
class Dropout:
    def __init__(self, rate=0.5, rng=None):
        if not 0 <= rate < 1: raise ValueError("rate must be in [0, 1)")
        self.rate, self.rng = rate, rng if rng is not None else np.random.default_rng()
    def forward(self, x, training):
        x = np.asarray(x)
        if not training: return x
        keep = self.rng.choice([0, 1], size=x.shape, p=[self.rate, 1 - self.rate])
        y = x * keep / (1 - self.rate)
        return y.astype(np.float32 if x.dtype == np.float32 else np.float64)
def scale_at_test_time(weights, rate):
    return np.asarray(weights) * (1 - rate)
'''
ANSWERS["a choice with probabilities"] = BY_CHOICE
