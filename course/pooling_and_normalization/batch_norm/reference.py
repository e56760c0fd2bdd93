"""Batch normalization.

Source: S. Ioffe and C. Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate
Shift" (2015), algorithms 1 and 2. The running values are those of Keras: momentum is the share of the old value, and
the variance is the biased one (PyTorch's momentum is the share of the new value, and its running variance is unbiased).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..max_pooling.reference import as_float
from .public import Call, Pair, asked


class BatchNorm:
    """Brings each channel to mean 0 and variance 1, then scales it by `gamma` and moves it by `beta`.

    channels: how many; momentum: the share of the old running values that a batch leaves; eps: added to the variance.
    Raises ValueError, naming the argument, for fewer than 1 channel.
    """

    def __init__(self, channels: int, momentum: float = 0.9, eps: float = 1e-5) -> None:
        if channels < 1:
            raise ValueError(f"channels must be at least 1, not {channels}")
        self.gamma, self.beta = np.ones(channels), np.zeros(channels)
        self.running_mean, self.running_var = np.zeros(channels), np.ones(channels)
        self.momentum, self.eps = momentum, eps

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """The normalised batch (batch, height, width, channels), or image (height, width, channels).

        In training each channel's mean and biased variance are those of the batch, over all images and pixels, and the
        running values move towards them; otherwise the running values are used, and stay. Returns float32 for a
        float32 x, float64 otherwise. Raises ValueError, naming x, for another rank or number of channels.
        """
        if x.ndim not in (3, 4) or x.shape[-1] != len(self.gamma):
            raise ValueError(f"x must be an image or a batch with {len(self.gamma)} channels, not {x.shape}")
        x = as_float(x)
        mean, variance = self.running_mean, self.running_var
        if training:
            all_but_channels = tuple(range(x.ndim - 1))
            mean, variance = x.mean(axis=all_but_channels), x.var(axis=all_but_channels)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * variance
        normalised = (x - mean) / np.sqrt(variance + self.eps)
        return (self.gamma * normalised + self.beta).astype(x.dtype)


def batch_norm(
    x: np.ndarray, training: bool, *, momentum: float = 0.9, eps: float = 1e-5, answer: type = BatchNorm,
    _before: Sequence[Call] = (), _scale: Pair | None = None, _running: Pair | None = None,
) -> dict[str, np.ndarray]:
    """What a layer gives for x, and its running values afterwards; `asked` says what the arguments are."""
    return asked(answer, x, training, before=_before, scale=_scale, running=_running, momentum=momentum, eps=eps)
