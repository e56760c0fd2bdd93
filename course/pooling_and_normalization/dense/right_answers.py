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
DENSE_EINSUM = '''
import numpy as np


class Dense:
    """The product by einsum."""

    def __init__(self, in_features, out_features):
        assert_positive(in_features=in_features, out_features=out_features)
        self.weights = np.random.normal(0, (2 / in_features) ** 0.5, size=(in_features, out_features))
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

ANSWERS = {"sums": DENSE_SUMS, "einsum": DENSE_EINSUM}


DENSE_MATMUL = '''
import numpy as np


class Dense:
    def __init__(self, in_features, out_features):
        if in_features < 1:
            raise ValueError(f"in_features must be positive, got {in_features}")
        if out_features < 1:
            raise ValueError(f"out_features must be positive, got {out_features}")
        self.in_features = in_features
        self.weights = np.random.randn(in_features, out_features) * np.sqrt(2.0 / in_features)
        self.biases = np.zeros((1, out_features))

    def forward(self, x):
        x = np.asarray(x)
        if x.ndim not in (1, 2) or x.shape[-1] != self.in_features:
            raise ValueError(f"x must have {self.in_features} features")
        dtype = np.float32 if x.dtype == np.float32 else np.float64
        out = (np.atleast_2d(x) @ self.weights + self.biases).astype(dtype)
        return out[0] if x.ndim == 1 else out
'''
ANSWERS["biases as a row"] = DENSE_MATMUL

WRONG = {
    "a truncated normal distribution": DENSE_MATMUL.replace(
        "np.random.randn(in_features, out_features)",
        "np.clip(np.random.randn(in_features, out_features), -1.5, 1.5) * 1.13"),
    "scaled by the outputs": DENSE_MATMUL.replace("np.sqrt(2.0 / in_features)", "np.sqrt(2.0 / out_features)"),
    "scaled by both": DENSE_MATMUL.replace("np.sqrt(2.0 / in_features)", "np.sqrt(2.0 / (in_features + out_features))"),
    "the bias is taken off": DENSE_MATMUL.replace("+ self.biases", "- self.biases"),
    "the result is kept for each shape": DENSE_MATMUL.replace(
        "        return out[0]", "        self.kept = getattr(self, 'kept', {})\n"
        "        out = self.kept.setdefault(x.shape, out)\n        return out[0]"),
    "the input is scaled in place": DENSE_MATMUL.replace(
        "        return out[0]", "        if x.dtype.kind == 'f':\n            x *= 0\n        return out[0]"),
}
