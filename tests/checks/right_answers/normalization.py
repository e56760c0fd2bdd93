"""Assignment 02, second half: right answers by other ways."""

from __future__ import annotations

LRN_LOOPS = '''
import numpy as np


class LocalResponseNormalization:
    def __init__(self, size=5, k=2.0, alpha=1e-4, beta=0.75):
        if size % 2 != 1 or size < 0:
            raise ValueError("size: an odd number")
        self.n, self.k, self.alpha, self.beta = size, k, alpha, beta

    def forward(self, image):
        if len(image.shape) not in (3, 4):
            raise ValueError("image: (height, width, channels)")
        a = image.astype("float32" if image.dtype == "float32" else "float64")
        b = np.empty_like(a)
        channels = a.shape[-1]
        for i in range(channels):
            total = 0
            for j in range(max(0, i - self.n // 2), min(channels - 1, i + self.n // 2) + 1):
                total = total + a[..., j] * a[..., j]
            b[..., i] = a[..., i] / np.power(self.k + self.alpha * total, self.beta)
        return b
'''
LRN_BAND = '''
import numpy as np


class LocalResponseNormalization:
    """The sums over neighbouring channels, gathered by index with one channel of zeros put behind."""

    def __init__(self, size=5, k=2.0, alpha=1e-4, beta=0.75):
        if size < 1 or not size & 1:
            raise ValueError(f"{size} is no odd size")
        self.__dict__.update(size=size, k=k, alpha=alpha, beta=beta)

    def forward(self, image):
        image = np.asarray(image)
        if not 3 <= image.ndim <= 4:
            raise ValueError(f"an image with {image.ndim} axes")
        if image.dtype != np.float32:
            image = image.astype(float)
        channels, reach = image.shape[-1], (self.size - 1) // 2
        neighbours = np.arange(channels)[:, None] + np.arange(-reach, reach + 1)
        neighbours[(neighbours < 0) | (neighbours >= channels)] = channels
        squares = np.concatenate([image**2, np.zeros_like(image[..., :1])], axis=-1)
        total = squares[..., neighbours].sum(-1)
        return (image * (self.k + self.alpha * total) ** -self.beta).astype(image.dtype)
'''

FRAMEWORKS_DICT = '''
def lrn_as_torch(size, k, alpha, beta):
    return dict(size=size, k=k, beta=beta, alpha=size * alpha)


def lrn_as_tensorflow(size, k, alpha, beta):
    return dict(bias=k, beta=beta, alpha=alpha, depth_radius=size >> 1)
'''
FRAMEWORKS_NUMPY = '''
import numpy as np


def lrn_as_torch(size, k, alpha, beta):
    names = ("size", "alpha", "beta", "k")
    return dict(zip(names, (np.int64(size), np.float64(alpha) * size, float(beta), float(k))))


def lrn_as_tensorflow(size, k, alpha, beta):
    one_side = len(range(1, size, 2))
    return {"alpha": alpha, "beta": beta, "bias": k, "depth_radius": one_side}
'''

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

ACTIVATIONS_LOG = '''
import numpy as np


def relu(x):
    result = x.copy()
    result[result < 0] = 0
    return result


def softmax(logits, axis=-1):
    logits = np.asarray(logits)
    highest = np.max(logits, axis=axis, keepdims=True)
    shifted = logits - highest
    return np.exp(shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True)))
'''
ACTIVATIONS_CLIP = '''
import numpy as np


def relu(x):
    return np.clip(x, 0, None)


def softmax(logits, axis=-1):
    last = np.swapaxes(np.array(logits, dtype=float), axis, -1)
    rows = last.reshape(-1, last.shape[-1])
    out = np.empty_like(rows)
    for number, row in enumerate(rows):
        powers = np.exp(row - row.max())
        out[number] = powers / powers.sum()
    return np.swapaxes(out.reshape(last.shape), axis, -1)
'''

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

ANSWERS = {
    "lrn": {"loops over channels": LRN_LOOPS, "neighbours by index": LRN_BAND},
    "lrn-frameworks": {"other ways to write a dict": FRAMEWORKS_DICT, "numbers of NumPy": FRAMEWORKS_NUMPY},
    "dense": {"sums": DENSE_SUMS, "uniform weights, einsum": DENSE_UNIFORM},
    "relu-softmax": {"by the logarithm": ACTIVATIONS_LOG, "row by row": ACTIVATIONS_CLIP},
    "dropout": {"binomial mask": DROPOUT_BINOMIAL, "value by value": DROPOUT_LOOP},
}
