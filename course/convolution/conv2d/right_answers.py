"""Right answers by other ways, and the mutants of the reference that compute the same."""

from __future__ import annotations

from .misconceptions import layer_with

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

# In the manner of much public code: isinstance distinguishes the sizes, and a helper does one image.
BY_ISINSTANCE = '''
import numpy as np


class Conv2D:
    def __init__(self, filters, kernel_size, stride=1, padding="valid", dilation=1):
        if isinstance(kernel_size, int):
            kernel_size = (kernel_size, kernel_size)
        if isinstance(stride, int):
            stride = (stride, stride)
        if filters <= 0:
            raise ValueError("The number of filters must be positive.")
        if kernel_size[0] <= 0 or kernel_size[1] <= 0:
            raise ValueError("kernel_size must be positive")
        if stride[0] <= 0 or stride[1] <= 0:
            raise ValueError("stride must be positive")
        if dilation <= 0:
            raise ValueError("dilation must be positive")
        if padding not in ["valid", "same"]:
            raise ValueError("padding must be valid or same")
        self.filters, self.kernel_size, self.stride = filters, kernel_size, stride
        self.padding, self.dilation = padding, dilation
        self.kernels = None
        self.bias = np.zeros((filters,))

    def forward(self, image):
        if len(image.shape) == 4:
            n, h, w, c = image.shape
            outputs = [self.forward(image[i]) for i in range(n)]
            if n == 0:
                h, w = self.forward(np.ones((h, w, c), image.dtype)).shape[:2]
                return np.empty((0, h, w, self.filters), np.float32 if image.dtype == np.float32 else np.float64)
            return np.array(outputs)
        if len(image.shape) != 3:
            raise ValueError("image must have 3 or 4 dimensions")
        if image.dtype != np.float32:
            image = image.astype(np.float64)
        kh, kw = self.kernel_size
        if self.kernels is None:
            self.kernels = np.random.randn(self.filters, kh, kw, image.shape[2]) * 0.01
        if self.kernels.shape[-1] != image.shape[-1]:
            raise ValueError("number of channels of the image")
        d = self.dilation
        eff = (kh + (kh - 1) * (d - 1), kw + (kw - 1) * (d - 1))
        if self.padding == "same":
            out_h = int(np.ceil(image.shape[0] / self.stride[0]))
            out_w = int(np.ceil(image.shape[1] / self.stride[1]))
            ph = max((out_h - 1) * self.stride[0] + eff[0] - image.shape[0], 0)
            pw = max((out_w - 1) * self.stride[1] + eff[1] - image.shape[1], 0)
            image = np.pad(image, ((ph // 2, ph - ph // 2), (pw // 2, pw - pw // 2), (0, 0)), mode="constant")
        else:
            if eff[0] > image.shape[0] or eff[1] > image.shape[1]:
                raise ValueError("kernel_size is larger than the image")
            out_h = (image.shape[0] - eff[0]) // self.stride[0] + 1
            out_w = (image.shape[1] - eff[1]) // self.stride[1] + 1
        output = np.zeros((out_h, out_w, self.filters), dtype=image.dtype)
        for i in range(out_h):
            for j in range(out_w):
                y, x = i * self.stride[0], j * self.stride[1]
                patch = image[y:y + eff[0]:d, x:x + eff[1]:d, :]
                for f in range(self.filters):
                    output[i, j, f] = np.sum(patch * self.kernels[f]) + self.bias[f]
        return output
'''
# A product of spectra: exact to rounding, and a NaN would be everywhere.
BY_FFT = '''
import numpy as np


def _two(value):
    return tuple(value) if isinstance(value, (tuple, list, np.ndarray)) else (value, value)


class Conv2D:
    def __init__(self, filters, kernel_size, stride=1, padding="valid", dilation=1):
        self.size, self.steps, self.dilation, self.mode = _two(kernel_size), _two(stride), dilation, padding
        for name, numbers in (("filters", (filters,)), ("kernel_size", self.size), ("stride", self.steps),
                              ("dilation", (dilation,))):
            if min(numbers) < 1:
                raise ValueError(name + " below 1")
        if padding not in ("same", "valid"):
            raise ValueError("padding?")
        self.kernels, self.bias = None, np.zeros(filters)

    def forward(self, image):
        x = np.asarray(image)
        if x.ndim not in (3, 4):
            raise ValueError("image of a wrong rank")
        single, out_type = x.ndim == 3, np.float32 if x.dtype == np.float32 else np.float64
        x = np.array(x[None] if single else x, float)
        if self.kernels is None:
            self.kernels = np.random.normal(0, 0.1, (len(self.bias), *self.size, x.shape[3]))
        if self.kernels.shape[3] != x.shape[3]:
            raise ValueError("image with other channels")
        covers = [self.dilation * (k - 1) + 1 for k in self.size]
        if self.mode == "same":
            pads = []
            for n, s, k in zip(x.shape[1:3], self.steps, covers):
                total = max(((n - 1) // s) * s + k - n, 0)
                pads.append((total // 2, (total + 1) // 2))
            x = np.pad(x, [(0, 0), *pads, (0, 0)])
        if covers[0] > x.shape[1] or covers[1] > x.shape[2]:
            raise ValueError("kernel_size")
        spread = np.zeros((len(self.bias), covers[0], covers[1], x.shape[3]))
        spread[:, :: self.dilation, :: self.dilation] = self.kernels
        sides = x.shape[1:3]
        spectrum = np.einsum(
            "nhwc,fhwc->nhwf", np.fft.fft2(x, axes=(1, 2)), np.conj(np.fft.fft2(spread, s=sides, axes=(1, 2)))
        )
        full = np.fft.ifft2(spectrum, axes=(1, 2)).real
        out = full[:, : sides[0] - covers[0] + 1 : self.steps[0], : sides[1] - covers[1] + 1 : self.steps[1]]
        out = (out + self.bias).astype(out_type)
        return out[0] if single else out
'''

ANSWERS = {
    "six plain loops": PLAIN_LOOPS, "einsum over a view": EINSTEIN, "isinstance and a patch": BY_ISINSTANCE,
    "Fourier transform": BY_FFT,
}

# Wrong in ways that have no name here. Each lies near one that has.
WRONG = {
    "self forgotten": layer_with("def forward(self, image)", "def forward(image)"),
    "takes pairs only": layer_with("(value, value) if np.ndim(value) == 0 else tuple(value)", "(value[0], value[1])"),
    "one image comes back as a batch": layer_with("    def forward(self, image):", """    def forward(self, image):
        result = self.compute(image)
        return result[None] if np.ndim(image) == 3 else result

    def compute(self, image):""").replace("self.forward(one)", "self.compute(one)"),
    "the last tap of each row is left out": layer_with(
        "np.tensordot(self.kernels, window, 3)", "np.tensordot(self.kernels[:, :, :-1], window[:, :-1], 3)"
    ),
    "the bias is subtracted": layer_with("window, 3) + self.bias", "window, 3) - self.bias"),
    "one pad for both directions": layer_with(
        "image = np.pad(image, pads + [(0, 0)])", "image = np.pad(image, [pads[0], pads[0], (0, 0)])"
    ),
    "padding for the kernel as it is": layer_with(
        "* stride + window - size", "* stride + window // self.dilation - size"
    ),
    "halves of the padding swapped in one direction": layer_with(
        "image = np.pad(image, pads + [(0, 0)])", "image = np.pad(image, [pads[0], pads[1][::-1], (0, 0)])"
    ),
    "dilated down only": layer_with(
        "height, width = [self.dilation * (k - 1) + 1 for k in self.size]",
        "height, width = self.dilation * (self.size[0] - 1) + 1, self.size[1]",
    ).replace("c:c + width:self.dilation", "c:c + width"),
    "absolute values": layer_with(
        "np.tensordot(self.kernels, window, 3)", "np.abs(np.tensordot(self.kernels, window, 3))"
    ),
    "the products' root": layer_with(
        "np.tensordot(self.kernels, window, 3)", "np.sqrt((np.asarray(self.kernels) * window) ** 2).sum((1, 2, 3))"
    ),
    "kernels from the first forward are kept": layer_with(
        "        if image.shape[2] != self.kernels", "        if not hasattr(self, 'flat'):\n"
        "            self.flat = np.array(self.kernels)\n        if image.shape[2] != self.kernels",
    ).replace("np.tensordot(self.kernels,", "np.tensordot(self.flat,"),
}

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


CHANNELS_FIRST = '''
import numpy as np

class Conv2D:
    def __init__(self, filters, kernel_size, stride=1, padding="valid", dilation=1):
        def to_pair(x):
            return (x, x) if np.isscalar(x) or np.ndim(x) == 0 else tuple(x)
        self.out_channels = filters
        self.kernel_size = to_pair(kernel_size)
        self.stride = to_pair(stride)
        self.padding = padding
        self.dilation = to_pair(dilation)
        if self.out_channels <= 0:
            raise ValueError("`filters` must be a positive integer")
        if any(k <= 0 for k in self.kernel_size):
            raise ValueError("`kernel_size` must be positive")
        if any(s <= 0 for s in self.stride):
            raise ValueError("`stride` must be positive")
        if any(d <= 0 for d in self.dilation):
            raise ValueError("`dilation` must be positive")
        if self.padding not in ("valid", "same"):
            raise ValueError("`padding` must be 'valid' or 'same'")
        self.kernels = None
        self.bias = np.zeros(filters)

    def forward(self, image):
        img = np.array(image, copy=True)
        if img.ndim not in (3, 4):
            raise ValueError("`image` must be 3D or 4D, but is %dD" % img.ndim)
        img = img if img.dtype == np.float32 else img.astype("float64")
        batch = img if img.ndim == 4 else img[None, ...]
        batch = batch.transpose(0, 3, 1, 2)
        N, C, H, W = batch.shape
        if self.kernels is None:
            self.kernels = np.random.normal(scale=0.01, size=(self.out_channels,) + self.kernel_size + (C,))
        w = self.kernels.transpose(0, 3, 1, 2).astype(img.dtype)
        if w.shape[1] != C:
            raise ValueError("`image` has %d channels, expected %d" % (C, w.shape[1]))
        spans = [d * (k - 1) + 1 for k, d in zip(self.kernel_size, self.dilation)]
        if self.padding == "same":
            p = []
            for n, s, span in zip((H, W), self.stride, spans):
                total = max(span - s, 0) if n % s == 0 else max(span - n % s, 0)
                p.append((total // 2, total - total // 2))
            batch = np.pad(batch, ((0, 0), (0, 0), p[0], p[1]), mode="constant", constant_values=0)
        H, W = batch.shape[2:]
        if spans[0] > H or spans[1] > W:
            raise ValueError("`kernel_size` does not fit")
        Ho = 1 + (H - spans[0]) // self.stride[0]
        Wo = 1 + (W - spans[1]) // self.stride[1]
        out = np.zeros((N, self.out_channels, Ho, Wo), dtype=img.dtype)
        for i in range(Ho):
            for j in range(Wo):
                h0, w0 = i * self.stride[0], j * self.stride[1]
                patch = batch[:, :, h0:h0 + spans[0]:self.dilation[0], w0:w0 + spans[1]:self.dilation[1]]
                out[:, :, i, j] = np.tensordot(patch, w, axes=([1, 2, 3], [1, 2, 3]))
        out = out + self.bias[None, :, None, None].astype(img.dtype)
        out = out.transpose(0, 2, 3, 1)
        return out if img.ndim == 4 else out[0]
'''
ANSWERS["channels first inside"] = CHANNELS_FIRST


BY_FOURIER = '''
import numpy as np

class Conv2D:
    def __init__(self, filters, kernel_size, stride=1, padding="valid", dilation=1):
        two = lambda v: (v, v) if np.ndim(v) == 0 else tuple(v)
        self.filters, self.padding, self.dilation = filters, padding, dilation
        self.kernel_size, self.stride = two(kernel_size), two(stride)
        checks = [("filters", filters >= 1), ("kernel_size", min(self.kernel_size) >= 1), ("dilation", dilation >= 1),
                  ("stride", min(self.stride) >= 1), ("padding", padding in ("valid", "same"))]
        for name, fine in checks:
            if not fine:
                raise ValueError(name)
        self.kernels, self.bias = None, np.zeros(filters)

    def forward(self, image):
        x = np.asarray(image)
        if x.ndim not in (3, 4):
            raise ValueError("image")
        t = np.float32 if x.dtype == np.float32 else np.float64
        x4 = (x if x.ndim == 4 else x[None]).astype(float)
        c = x4.shape[-1]
        if self.kernels is None:
            self.kernels = np.random.randn(self.filters, *self.kernel_size, c) * .01
        if self.kernels.shape[-1] != c:
            raise ValueError("image channels")
        d = self.dilation
        e = [(k - 1) * d + 1 for k in self.kernel_size]
        big = np.zeros((self.filters, *e, c))
        big[:, ::d, ::d] = self.kernels
        if self.padding == "same":
            p = [max((-(-n // s) - 1) * s + k - n, 0) for n, s, k in zip(x4.shape[1:3], self.stride, e)]
            x4 = np.pad(x4, [(0, 0)] + [(q // 2, q - q // 2) for q in p] + [(0, 0)])
        h, w = x4.shape[1:3]
        if e[0] > h or e[1] > w:
            raise ValueError("kernel_size")
        F = np.fft.fft2(x4, axes=(1, 2))
        G = np.conj(np.fft.fft2(big, (h, w), axes=(1, 2)))
        full = np.fft.ifft2(np.einsum("nhwc,fhwc->nhwf", F, G), axes=(1, 2)).real
        out = full[:, :h - e[0] + 1:self.stride[0], :w - e[1] + 1:self.stride[1]] + self.bias
        out = out.astype(t)
        return out if x.ndim == 4 else out[0]
'''
ANSWERS["by the Fourier transform"] = BY_FOURIER


LEAVES_OUT_THE_PADDING = '''
import numpy as np
from itertools import product

class Conv2D:
    def __init__(self, filters, kernel_size, stride=1, padding="valid", dilation=1):
        for label, v in dict(filters=filters, kernel_size=kernel_size, stride=stride, dilation=dilation).items():
            for n in np.atleast_1d(v):
                if n < 1:
                    raise ValueError("{} must be a positive number".format(label))
        if str(padding) not in "valid same".split():
            raise ValueError("padding can only be valid or same")
        self.F = filters
        self.kh, self.kw = np.atleast_1d(kernel_size)[[0, -1]]
        self.sh, self.sw = np.atleast_1d(stride)[[0, -1]]
        self.pad = padding
        self.dil = dilation
        self.kernels = None
        self.bias = np.zeros(self.F)

    def forward(self, image):
        if np.ndim(image) not in (3, 4):
            raise ValueError("image has the wrong rank")
        if np.ndim(image) == 4:
            outs = [self._one(im) for im in image]
            if outs:
                return np.array(outs)
            return self._one(np.zeros(np.shape(image)[1:], np.asarray(image).dtype))[None][:0]
        return self._one(image)

    def _one(self, image):
        image = np.asarray(image)
        image = image.astype(np.float32 if image.dtype == np.float32 else np.float64)
        h, w, c = image.shape
        if self.kernels is None:
            self.kernels = np.random.uniform(-0.1, 0.1, (self.F, self.kh, self.kw, c))
        if self.kernels.shape[-1] != c:
            raise ValueError("image has wrong channels")
        fh, fw = (self.kh - 1) * self.dil + 1, (self.kw - 1) * self.dil + 1
        top = left = 0
        oh, ow = (h - fh) // self.sh + 1, (w - fw) // self.sw + 1
        if self.pad == "same":
            oh, ow = -(-h // self.sh), -(-w // self.sw)
            top = max((oh - 1) * self.sh + fh - h, 0) // 2
            left = max((ow - 1) * self.sw + fw - w, 0) // 2
        elif fh > h or fw > w:
            raise ValueError("kernel_size exceeds the image")
        out = np.zeros((oh, ow, self.F), image.dtype)
        out[:] = self.bias
        for r, q in product(range(oh), range(ow)):
            for i, j in product(range(self.kh), range(self.kw)):
                y, x = r * self.sh + i * self.dil - top, q * self.sw + j * self.dil - left
                if 0 <= y < h and 0 <= x < w:
                    out[r, q] += self.kernels[:, i, j] @ image[y, x]
        return out
'''
ANSWERS["what lies outside is passed over"] = LEAVES_OUT_THE_PADDING
