"""Right answers by other ways, and unnamed wrong ones."""

from __future__ import annotations

BY_COLUMNS = '''
import numpy as np


class BatchNorm:
    """Everything as a table with one column a channel."""

    def __init__(self, channels, momentum=0.9, eps=1e-5):
        if channels <= 0:
            raise ValueError("channels: at least one")
        self.channels, self.momentum, self.eps = int(channels), momentum, eps
        self.gamma, self.beta = np.ones(channels, dtype=np.float32), np.zeros(channels, dtype=np.float32)
        self.running_mean, self.running_var = np.zeros((channels,)), np.ones((channels,))

    def forward(self, x, training):
        x = np.asarray(x)
        if x.ndim != 3 and x.ndim != 4:
            raise ValueError("x has a wrong rank")
        if x.shape[-1] != self.channels:
            raise ValueError("x has a wrong number of channels")
        dtype = np.float32 if x.dtype == np.float32 else np.float64
        table = np.array(x, dtype=dtype).reshape(-1, self.channels)
        if training:
            mean = table.mean(0)
            var = np.square(table - mean).mean(0)
            self.running_mean += (1 - self.momentum) * (mean - self.running_mean)
            self.running_var += (1 - self.momentum) * (var - self.running_var)
        else:
            mean, var = self.running_mean, self.running_var
        slope = self.gamma * (var + self.eps) ** -0.5
        return (table * slope + (self.beta - slope * mean)).astype(dtype).reshape(x.shape)
'''
BY_CHANNELS = '''
import math

import numpy as np


class BatchNorm:
    """One channel after the other; the variance is the mean square minus the square of the mean."""

    def __init__(self, channels, momentum=0.9, eps=1e-5):
        if not channels >= 1:
            raise ValueError(f"{channels} channels")
        self.gamma, self.beta = np.full(channels, 1.0), np.full(channels, 0.0)
        self.running_mean, self.running_var = np.zeros(channels), np.ones(channels)
        self.keep, self.eps = momentum, eps

    def forward(self, x, training=False):
        if len(x.shape) < 3 or len(x.shape) > 4 or x.shape[-1] != self.gamma.size:
            raise ValueError(f"an x of shape {x.shape}")
        y = np.zeros(x.shape)
        for c in range(x.shape[-1]):
            values = x[..., c].astype(float)
            mean, var = self.running_mean[c], self.running_var[c]
            if training:
                mean = values.sum() / values.size
                var = (values * values).sum() / values.size - mean * mean
                self.running_mean[c] = self.keep * self.running_mean[c] + (1 - self.keep) * mean
                self.running_var[c] = self.keep * self.running_var[c] + (1 - self.keep) * var
            y[..., c] = self.gamma[c] * (values - mean) / math.sqrt(var + self.eps) + self.beta[c]
        return y.astype("float32") if x.dtype == "float32" else y
'''

ANSWERS = {"a table of channels": BY_COLUMNS, "channel by channel": BY_CHANNELS}

LAST_LINE = "        return (table * slope + (self.beta - slope * mean)).astype(dtype).reshape(x.shape)\n"
KEPT = """\
        self.kept = getattr(self, "kept", {})
        if (x.shape, training) not in self.kept:
            self.kept[x.shape, training] = (table * slope + (self.beta - slope * mean)).astype(dtype).reshape(x.shape)
        return self.kept[x.shape, training]
"""
WRITTEN = """\
        result = (table * slope + (self.beta - slope * mean)).astype(dtype).reshape(x.shape)
        if x.dtype == dtype:
            x[...] = result
        return result
"""

WRONG = {
    "the first result is kept for each shape": BY_COLUMNS.replace(LAST_LINE, KEPT),
    "x is written to": BY_COLUMNS.replace(LAST_LINE, WRITTEN),
    "the median in place of the mean": BY_COLUMNS.replace("mean = table.mean(0)", "mean = np.median(table, 0)"),
    "the last batch's values at inference": BY_CHANNELS.replace(
        "            if training:\n", "            self.last = getattr(self, 'last', {})\n"
        "            mean, var = self.last.get(c, (mean, var))\n            if training:\n").replace(
        "            y[...,", "                self.last[c] = mean, var\n            y[...,"),
}
