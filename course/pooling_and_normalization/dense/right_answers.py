"""Right answers by other ways."""

from __future__ import annotations

DENSE_SUMS = '''
import math
import random

import numpy as np


class Dense:
    def __init__(self, in_features, out_features):
        if in_features < 1:
            raise ValueError("in_features")
        if out_features < 1:
            raise ValueError("out_features")
        sigma = math.sqrt(2.0 / in_features)
        self.weights = np.array([[random.gauss(0, sigma) for _ in range(out_features)] for _ in range(in_features)])
        self.biases = np.zeros((out_features,))

    def forward(self, x):
        if x.ndim == 2:
            out = np.zeros((len(x), len(self.biases)), x.dtype if x.dtype == np.float32 else float)
            for row, sample in enumerate(x):
                out[row] = self.forward(sample)
            if x.shape[1] != len(self.weights):
                raise ValueError("x has another number of features")
            return out
        if x.shape != (len(self.weights),):
            raise ValueError("x has another shape")
        total = sum(value * row for value, row in zip(x, self.weights)) + self.biases
        return total.astype(np.float32) if x.dtype == np.float32 else total
'''
DENSE_UNIFORM = '''
import numpy as np


class Dense:
    """Weights of the same deviation from a uniform distribution; the product by einsum."""

    def __init__(self, in_features, out_features):
        assert_positive(in_features=in_features, out_features=out_features)
        bound = (6 / in_features) ** 0.5
        self.weights = np.random.uniform(-bound, bound, size=(in_features, out_features))
        self.biases = 0.0 * self.weights[0]

    def forward(self, x):
        if x.ndim > 2 or x.ndim < 1 or x.shape[-1] != self.weights.shape[0]:
            raise ValueError(f"x: {x.shape}")
        y = np.einsum("...i,ij->...j", x, self.weights)
        y += self.biases
        return np.float32(y) if x.dtype.name == "float32" else np.float64(y)


def assert_positive(**counts):
    for name, count in counts.items():
        if not count > 0:
            raise ValueError(name)
'''

ANSWERS = {"sums": DENSE_SUMS, "uniform weights, einsum": DENSE_UNIFORM}
