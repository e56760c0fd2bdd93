"""What stands beside convolution and pooling in AlexNet: local response normalisation, dense layers, dropout.

Sources: A. Krizhevsky, I. Sutskever and G. Hinton, "ImageNet Classification with Deep Convolutional Neural Networks"
(2012), sections 3.3 and 4.2; N. Srivastava et al., "Dropout" (2014); K. He et al., "Delving Deep into Rectifiers"
(2015), for the weights' scale; the documentation of `torch.nn.LocalResponseNorm` and of
`tf.nn.local_response_normalization`.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .pooling import as_float


def lrn(image: np.ndarray, size: int = 5, k: float = 2.0, alpha: float = 1e-4, beta: float = 0.75) -> np.ndarray:
    """Local response normalisation: b_i = a_i / (k + alpha * sum of a_j ** 2) ** beta.

    image: (height, width, channels), or a batch of them. The sum runs over the `size` channels centred on channel i
    at the same pixel, fewer at the ends. Returns float32 for a float32 image, float64 otherwise. Raises ValueError,
    naming the argument, for a size that is even or below 1, or an image of another rank.
    """
    if size < 1 or size % 2 == 0:
        raise ValueError(f"size must be odd and at least 1, not {size}")
    if image.ndim not in (3, 4):
        raise ValueError(f"image must have 3 axes, or 4 as a batch, not {image.ndim}")
    image = as_float(image)
    border = [(0, 0)] * (image.ndim - 1) + [(size // 2, size // 2)]
    energy = sliding_window_view(np.pad(image**2, border), size, axis=-1).sum(axis=-1)
    return (image / (k + alpha * energy) ** beta).astype(image.dtype)


def lrn_as_torch(size: int, k: float, alpha: float, beta: float) -> dict[str, float]:
    """The arguments with which `torch.nn.LocalResponseNorm` computes `lrn`: it divides alpha by the size."""
    return {"size": size, "alpha": alpha * size, "beta": beta, "k": k}


def lrn_as_tensorflow(size: int, k: float, alpha: float, beta: float) -> dict[str, float]:
    """The arguments with which `tf.nn.local_response_normalization` computes `lrn`: it counts neighbours per side."""
    return {"depth_radius": (size - 1) // 2, "bias": k, "alpha": alpha, "beta": beta}


def dense(x: np.ndarray, weights: np.ndarray, biases: np.ndarray) -> np.ndarray:
    """A fully connected layer: x @ weights + biases.

    x: (features,) or (batch, features); weights: (features, units); biases: (units,). Returns (units,) or
    (batch, units), float32 for a float32 x and float64 otherwise. Raises ValueError naming x for other shapes.
    """
    if x.ndim not in (1, 2) or x.shape[-1] != len(weights):
        raise ValueError(f"x must be (features,) or (batch, features) with {len(weights)} features, not {x.shape}")
    x = as_float(x)
    return (x @ weights + biases).astype(x.dtype)


def dense_start(in_features: int) -> float:
    """The standard deviation of a new layer's weights by He et al.: sqrt(2 / in_features)."""
    return float(np.sqrt(2 / in_features))


def relu(x: np.ndarray) -> np.ndarray:
    """The positive part of each number; NaN stays NaN."""
    return np.maximum(x, 0)


def softmax(logits: np.ndarray, axis: int = -1) -> np.ndarray:
    """Probabilities along `axis`: exp(logits) divided by its sum.

    The largest logit is taken off first. That changes no quotient, and no exponential is above 1 then.
    """
    logits = as_float(logits)
    powers = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def dropout(x: np.ndarray, kept: np.ndarray, rate: float, training: bool) -> np.ndarray:
    """Inverted dropout for a given mask: kept values divided by the share that is kept; the identity at inference.

    kept: booleans of x's shape, False where a value is dropped; in a layer, drawn with probability 1 - rate.
    """
    x = as_float(x)
    return (np.where(kept, x, 0) / (1 - rate)).astype(x.dtype) if training else x


def scale_at_test_time(weights: np.ndarray, rate: float) -> np.ndarray:
    """The AlexNet paper's way: no scaling in training, and outgoing weights times 1 - rate at inference."""
    return as_float(weights) * (1 - rate)
