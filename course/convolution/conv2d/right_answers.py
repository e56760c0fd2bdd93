"""Right answers by other ways, and the mutants of the reference that compute the same."""

from __future__ import annotations

PLAIN_LOOPS = '''
import numpy as np


class Conv2D:
    def __init__(self, filters, kernel_size, stride=1, padding="valid", dilation=1):
        self.filters, self.padding, self.dilation = filters, padding, dilation
        self.kh, self.kw = kernel_size if isinstance(kernel_size, (tuple, list)) else (kernel_size, kernel_size)
        self.sh, self.sw = stride if isinstance(stride, (tuple, list)) else (stride, stride)
        assert_positive(filters=filters, kernel_size=min(self.kh, self.kw), stride=min(self.sh, self.sw),
                        dilation=dilation)
        if padding != "valid" and padding != "same":
            raise ValueError("padding: " + padding)
        self.kernels, self.bias = None, np.zeros(filters)

    def forward(self, image):
        if np.ndim(image) == 4:
            results = [self.forward(one) for one in image]
            if results:
                return np.stack(results)
            shape = self.forward(np.zeros(image.shape[1:], image.dtype))
            return np.zeros((0,) + shape.shape, shape.dtype)
        if np.ndim(image) != 3:
            raise ValueError("image has the wrong number of dimensions")
        height, width, channels = image.shape
        if self.kernels is None:
            self.kernels = np.random.uniform(-0.1, 0.1, (self.filters, self.kh, self.kw, channels))
        if self.kernels.shape[3] != channels:
            raise ValueError("wrong number of channels")
        d = self.dilation
        rows, top = self.windows(height, self.kh, self.sh)
        columns, left = self.windows(width, self.kw, self.sw)
        out = np.zeros((rows, columns, self.filters), "float32" if image.dtype == "float32" else "float64")
        for f in range(self.filters):
            for r in range(rows):
                for c in range(columns):
                    total = float(self.bias[f])
                    for i in range(self.kh):
                        for j in range(self.kw):
                            y, x = r * self.sh + i * d - top, c * self.sw + j * d - left
                            if 0 <= y < height and 0 <= x < width:
                                for k in range(channels):
                                    total += float(image[y, x, k]) * float(self.kernels[f, i, j, k])
                    out[r, c, f] = total
        return out

    def windows(self, size, kernel, stride):
        covers = self.dilation * (kernel - 1) + 1
        if self.padding == "same":
            count = (size + stride - 1) // stride
            return count, max((count - 1) * stride + covers - size, 0) // 2
        if covers > size:
            raise ValueError("kernel_size too large")
        return (size - covers) // stride + 1, 0


def assert_positive(**named):
    for name, value in named.items():
        if value <= 0:
            raise ValueError(name + " must be positive")
'''
EINSTEIN = '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class Conv2D:
    def __init__(self, filters, kernel_size, stride=1, padding="valid", dilation=1):
        self.kernel_size = tuple(np.broadcast_to(kernel_size, 2).tolist())
        self.stride = tuple(np.broadcast_to(stride, 2).tolist())
        for name, least in [("filters", filters), ("kernel_size", min(self.kernel_size)),
                            ("stride", min(self.stride)), ("dilation", dilation)]:
            if least < 1:
                raise ValueError(f"{name} < 1")
        if padding not in {"same", "valid"}:
            raise ValueError(f"unknown padding {padding}")
        self.filters, self.padding, self.dilation = int(filters), padding, int(dilation)
        self.kernels = None
        self.bias = np.zeros(self.filters, dtype=np.float32)

    def forward(self, image):
        x = np.array(image)
        if x.ndim == 3:
            return self.forward(x[None])[0]
        if x.ndim != 4:
            raise ValueError("image: (h, w, c) or (n, h, w, c)")
        x = x.astype("f4" if x.dtype == np.float32 else "f8")
        if self.kernels is None:
            self.kernels = np.random.randn(self.filters, *self.kernel_size, x.shape[3]) * 0.05
        if self.kernels.shape[3] != x.shape[3]:
            raise ValueError("image and kernels differ in channels")
        windows = [self.dilation * (k - 1) + 1 for k in self.kernel_size]
        if self.padding == "same":
            totals = [
                max((-(-n // s) - 1) * s + w - n, 0) for n, s, w in zip(x.shape[1:3], self.stride, windows)
            ]
            x = np.pad(x, [(0, 0)] + [(t // 2, t - t // 2) for t in totals] + [(0, 0)])
        if x.shape[1] < windows[0] or x.shape[2] < windows[1]:
            raise ValueError("kernel_size does not fit")
        view = sliding_window_view(x, windows, axis=(1, 2))
        view = view[:, :: self.stride[0], :: self.stride[1], :, :: self.dilation, :: self.dilation]
        return np.einsum("nrcdij,fijd->nrcf", view, self.kernels.astype(x.dtype)) + self.bias.astype(x.dtype)
'''

ANSWERS = {"six plain loops": PLAIN_LOOPS, "einsum over a view": EINSTEIN}

COPY = (
    "as_batch: array.astype(np.float32 if array.dtype == np.float32 else np.float64, copy=False) -> "
    "array.astype(np.float32 if array.dtype == np.float32 else np.float64, copy=True)"
)
ONE_DILATION = (
    "pixels_under_tap: (tap[0] * dilation[0], tap[1] * dilation[1]) -> (tap[0] * dilation[1], tap[1] * dilation[1])"
)
ROOM = "window_counts: dilation[axis] * (size[axis] - 1) + 1 > padded.shape[1 + axis]"
NARROWER = (
    f"{ROOM} -> dilation[axis] * (size[axis] - 1) - 1 > padded.shape[1 + axis]",
    f"{ROOM} -> dilation[axis] * (size[axis] - 2) + 1 > padded.shape[1 + axis]",
    "window_counts: (0, 1) -> (1, 1)",
)
ONE_OF_TWO = "pair_of: down < 1 or right < 1 -> down < 1 and right < 1"

copied = "the values are the same; only an array more is made"
one_number = "the layers take one dilation for both directions"
refused_again = "output_size refuses the same arguments right after, with a text that names the kernel or the stride"
unused = "height and width are read, and what follows them is not"

EQUIVALENT = {
    f"conv2d > {COPY}": copied,
    f"conv2d > {ONE_DILATION}": one_number,
    "conv2d: pad_images(images, kernels.shape[1:3], stride, padding, dilation) -> "
    "pad_images(images, kernels.shape[1:4], stride, padding, dilation)": unused,
    "conv2d: window_counts(padded, kernels.shape[1:3], stride, dilation) -> "
    "window_counts(padded, kernels.shape[1:4], stride, dilation)": unused,
}
