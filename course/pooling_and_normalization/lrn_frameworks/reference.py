"""Local response normalisation in the words of two frameworks.

Sources: the documentation of `torch.nn.LocalResponseNorm` and of `tf.nn.local_response_normalization`.
"""

from __future__ import annotations


def lrn_as_torch(size: int, k: float, alpha: float, beta: float) -> dict[str, float]:
    """The arguments with which `torch.nn.LocalResponseNorm` computes `lrn`: it divides alpha by the size."""
    return {"size": size, "alpha": alpha * size, "beta": beta, "k": k}


def lrn_as_tensorflow(size: int, k: float, alpha: float, beta: float) -> dict[str, float]:
    """The arguments with which `tf.nn.local_response_normalization` computes `lrn`: it counts neighbours per side."""
    return {"depth_radius": (size - 1) // 2, "bias": k, "alpha": alpha, "beta": beta}
