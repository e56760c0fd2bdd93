"""Right answers by other ways."""

from __future__ import annotations

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

ANSWERS = {"other ways to write a dict": FRAMEWORKS_DICT, "numbers of NumPy": FRAMEWORKS_NUMPY}


WRONG = {
    "alpha times the root of the size": FRAMEWORKS_DICT.replace("size * alpha", "size ** 0.5 * alpha"),
    "k and beta changed places": FRAMEWORKS_DICT.replace("k=k, beta=beta", "k=beta, beta=k"),
    "a radius of the whole size less one": FRAMEWORKS_DICT.replace("size >> 1", "size - 1"),
    "numbers for one size alone": FRAMEWORKS_DICT.replace("size * alpha", "5 * alpha").replace("size >> 1", "2"),
}
