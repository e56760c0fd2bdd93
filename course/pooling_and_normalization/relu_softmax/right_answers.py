"""Right answers by other ways, and the mutants of the reference that compute the same."""

from __future__ import annotations

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

ANSWERS = {"by the logarithm": ACTIVATIONS_LOG, "row by row": ACTIVATIONS_CLIP}


ACTIVATIONS_WHERE = '''
import numpy as np


def relu(x):
    return np.where(x < 0, np.zeros_like(x), x)


def softmax(logits, axis=-1):
    z = logits - logits.max(axis=axis, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=axis, keepdims=True)
'''
ANSWERS["where"] = ACTIVATIONS_WHERE

WRONG = {
    "relu in place": ACTIVATIONS_WHERE.replace(
        "    return np.where(x < 0, np.zeros_like(x), x)", "    x[x < 0] = 0\n    return x"),
    "the logits are shifted in place": ACTIVATIONS_WHERE.replace(
        "    z = logits - logits.max(axis=axis, keepdims=True)",
        "    z = logits if logits.dtype == np.float32 else logits.astype(float)\n"
        "    z -= z.max(axis=axis, keepdims=True)"),
    "a leaky relu": ACTIVATIONS_WHERE.replace("np.zeros_like(x)", "0.01 * x"),
    "powers of two": ACTIVATIONS_WHERE.replace("np.exp(z)", "2.0 ** z"),
    "the root of the sum of squares": ACTIVATIONS_WHERE.replace(
        "e.sum(axis=axis, keepdims=True)", "np.sqrt((e**2).sum(axis=axis, keepdims=True))"),
    "float32 becomes float64": ACTIVATIONS_WHERE.replace(
        "return np.where(x < 0, np.zeros_like(x), x)", "return np.where(x < 0, 0.0, x.astype(float))"),
}

EQUIVALENT = {
    "softmax > as_float: image if image.dtype == np.float32 else image.astype(np.float64) -> "
    "image if image.dtype != np.float32 else image.astype(np.float64)": "the values are the same, whatever the dtype",
}
