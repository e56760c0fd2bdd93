"""Right answers by other ways."""

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

ANSWERS = {"loops over channels": LRN_LOOPS, "neighbours by index": LRN_BAND}


LRN_CUMULATED = '''
import numpy as np


class LocalResponseNormalization:
    """Sums of squares by differences of cumulated sums would spread a NaN, so the window is cut out by slices."""

    def __init__(self, size=5, k=2.0, alpha=1e-4, beta=0.75):
        if size <= 0 or size % 2 == 0:
            raise ValueError(f"size must be an odd positive number, got {size}")
        self.size, self.k, self.alpha, self.beta = size, k, alpha, beta

    def forward(self, image):
        if image.ndim not in (3, 4):
            raise ValueError("image must have 3 or 4 dimensions")
        a = image if image.dtype == np.float32 else image.astype(np.float64)
        half, channels = self.size // 2, a.shape[-1]
        sq = np.pad(a ** 2, [(0, 0)] * (a.ndim - 1) + [(half, half)])
        scale = np.zeros_like(a)
        for offset in range(self.size):
            scale += sq[..., offset:offset + channels]
        scale = (self.k + self.alpha * scale) ** self.beta
        return (a / scale).astype(a.dtype)
'''
ANSWERS["padded squares"] = LRN_CUMULATED

WRONG = {
    "alpha times k": LRN_CUMULATED.replace("self.k + self.alpha * scale", "self.alpha * (self.k + scale)"),
    "the image is squared in place": LRN_CUMULATED.replace(
        "        sq = np.pad(a ** 2,", "        first = a.copy()\n        a **= 2\n        sq = np.pad(a,").replace(
        "        return (a / scale)", "        return (first / scale)"),
    "the first scale is kept for each shape": LRN_CUMULATED.replace(
        "        return (a / scale)", "        self.kept = getattr(self, 'kept', {})\n"
        "        scale = self.kept.setdefault(image.shape, scale)\n        return (a / scale)"),
    "absolute values for squares": LRN_CUMULATED.replace("a ** 2", "np.abs(a)"),
    "cubes for squares": LRN_CUMULATED.replace("a ** 2", "np.abs(a) ** 3"),
    "the root of the sum": LRN_CUMULATED.replace("self.alpha * scale", "self.alpha * np.sqrt(scale)"),
    "the largest square for the sum": LRN_CUMULATED.replace(
        "scale += sq[..., offset:offset + channels]", "scale = np.maximum(scale, sq[..., offset:offset + channels])"),
}


LRN_MASKED = '''
import numpy as np
class LocalResponseNormalization:
    def __init__(self, size=5, k=2.0, alpha=1e-4, beta=0.75):
        if size < 1 or size % 2 == 0: raise ValueError("size must be odd")
        self.size, self.k, self.alpha, self.beta = size, k, alpha, beta
    def forward(self, image):
        x = np.asarray(image)
        if x.ndim not in (3, 4): raise ValueError("image rank")
        x = x.astype(np.float32 if x.dtype == np.float32 else np.float64)
        c = np.arange(x.shape[-1])
        band = abs(c[:, None] - c) <= self.size // 2
        total = np.stack([np.where(band[i], x ** 2, 0).sum(-1) for i in c], -1) if len(c) else x
        return x * (self.k + self.alpha * total).astype(x.dtype) ** -self.beta
'''
ANSWERS["neighbours told by a mask"] = LRN_MASKED


LRN_BY_LOGARITHM = '''
import numpy as np
class LocalResponseNormalization:
    def __init__(self, size=5, k=2.0, alpha=1e-4, beta=0.75):
        if size < 1 or size % 2 == 0: raise ValueError("size must be odd and positive")
        self.size, self.k, self.alpha, self.beta = size, k, alpha, beta
    def forward(self, image):
        x = np.asarray(image)
        if x.ndim not in (3, 4): raise ValueError("image must have 3 or 4 axes")
        x = x.astype(np.float32 if x.dtype == np.float32 else np.float64)
        C = x.shape[-1]
        r = self.size // 2
        out = np.empty_like(x)
        for i in range(C):
            lo, hi = max(0, i - r), min(C - 1, i + r)
            s = (x[..., lo:hi + 1] ** 2).sum(axis=-1)
            out[..., i] = x[..., i] * np.exp(-self.beta * np.log(self.k + self.alpha * s))
        return out
'''
ANSWERS["the power by logarithms"] = LRN_BY_LOGARITHM
