"""Assignment 01: right answers by other ways, and the mutants of its references that compute the same."""

from __future__ import annotations

COUNTED = '''
def output_size(size, kernel, stride=1, padding=0, dilation=1):
    if min(size, kernel, stride, dilation) < 1 or padding < 0:
        raise ValueError("size, kernel, stride, padding or dilation is out of range")
    places = range(-padding, size + padding - dilation * (kernel - 1), stride)
    if not places:
        raise ValueError("kernel does not fit")
    return len(places)
'''
DIVIDED = '''
import math


def output_size(size, kernel, stride=1, padding=0, dilation=1):
    checks = [("size", size), ("kernel", kernel), ("stride", stride), ("dilation", dilation), ("padding", padding + 1)]
    for name, value in checks:
        if value <= 0:
            raise ValueError(f"bad {name}: {value}")
    padded, window = size + padding + padding, kernel + (kernel - 1) * (dilation - 1)
    if padded < window:
        raise ValueError("window too wide")
    return math.floor((padded - window) / stride) + 1
'''

BY_REMAINDER = '''
def same_padding(size, kernel, stride=1, dilation=1):
    for name in ("size", "kernel", "stride", "dilation"):
        if locals()[name] < 1:
            raise ValueError(name)
    window = kernel + (kernel - 1) * (dilation - 1)
    over = size % stride
    total = max(window - (over if over else stride), 0)
    return (total // 2, (total + 1) // 2)
'''
BY_TRYING = '''
import math


def same_padding(size, kernel, stride=1, dilation=1):
    if size < 1 or kernel < 1 or stride < 1 or dilation < 1:
        raise ValueError("one of size, kernel, stride, dilation is not positive")
    before = after = 0
    window = dilation * (kernel - 1) + 1
    while size + before + after < window or (size + before + after - window) // stride + 1 < math.ceil(size / stride):
        if before == after:
            after += 1
        else:
            before += 1
    return before, after
'''

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

BY_VIEW = '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def im2col(image, kernel_size, stride=1, dilation=1):
    image = np.asarray(image)
    if image.ndim != 3:
        raise ValueError("image must be one image")
    sides, steps, gaps = (np.broadcast_to(v, 2) for v in (kernel_size, stride, dilation))
    for name, pair in (("kernel_size", sides), ("stride", steps), ("dilation", gaps)):
        if min(pair) < 1:
            raise ValueError(name)
    covers = gaps * (sides - 1) + 1
    if covers[0] > image.shape[0] or covers[1] > image.shape[1]:
        raise ValueError("kernel_size is too large")
    view = sliding_window_view(image, tuple(covers), axis=(0, 1))[:: steps[0], :: steps[1]]
    view = view[..., :: gaps[0], :: gaps[1]]
    return view.transpose(3, 4, 2, 0, 1).reshape(sides[0] * sides[1] * image.shape[2], -1)


def conv2d_im2col(x, kernels, bias=None, stride=1, padding="valid"):
    x = np.asarray(x)
    if x.ndim == 3:
        return conv2d_im2col(x[None], kernels, bias, stride, padding)[0]
    if x.ndim != 4:
        raise ValueError("image or batch expected")
    if padding not in ("valid", "same"):
        raise ValueError("padding")
    steps = np.broadcast_to(stride, 2)
    if min(steps) < 1:
        raise ValueError("stride")
    if x.shape[3] != kernels.shape[3]:
        raise ValueError("channels of image and kernels")
    if x.dtype != np.float32:
        x = x.astype(float)
    if padding == "same":
        pads = [same_padding(x.shape[1 + a], kernels.shape[1 + a], int(steps[a])) for a in (0, 1)]
        x = np.pad(x, [(0, 0), *pads, (0, 0)])
    rows, columns = [(x.shape[1 + a] - kernels.shape[1 + a]) // steps[a] + 1 for a in (0, 1)]
    if rows < 1 or columns < 1:
        raise ValueError("kernel_size")
    matrix = kernels.reshape(len(kernels), -1).astype(x.dtype)
    out = np.zeros((len(x), len(kernels), rows, columns), x.dtype)
    for n in range(len(x)):
        out[n] = (matrix @ im2col(x[n], kernels.shape[1:3], stride)).reshape(-1, rows, columns)
    out = np.moveaxis(out, 1, -1)
    return out if bias is None else out + np.asarray(bias).astype(x.dtype)
'''
BY_STRIDES = BY_VIEW.replace(
    '''    view = sliding_window_view(image, tuple(covers), axis=(0, 1))[:: steps[0], :: steps[1]]
    view = view[..., :: gaps[0], :: gaps[1]]
    return view.transpose(3, 4, 2, 0, 1).reshape(sides[0] * sides[1] * image.shape[2], -1)
''',
    '''    rows, columns = [(image.shape[a] - covers[a]) // steps[a] + 1 for a in (0, 1)]
    down, right, channel = image.strides
    shape = (sides[0], sides[1], image.shape[2], rows, columns)
    strides = (down * gaps[0], right * gaps[1], channel, down * steps[0], right * steps[1])
    view = np.lib.stride_tricks.as_strided(image, shape, strides, writeable=False)
    return view.reshape(-1, rows * columns)
''',
)

FULL_CONVOLUTION = '''
import numpy as np


def refuse(grad, x, kernels, steps, padding):
    problems = {
        "image: its rank": np.ndim(x) != 4 or np.ndim(grad) != 4, "stride": min(steps) < 1,
        "padding": padding not in ("same", "valid"),
        "image: its channels": np.shape(x)[-1:] != np.shape(kernels)[-1:],
    }
    wrong = [problem for problem, found in problems.items() if found]
    if not wrong:
        extent = [np.shape(x)[1 + a] - (padding == "valid") * (kernels.shape[1 + a] - 1) for a in (0, 1)]
        counts = [-(-extent[a] // steps[a]) for a in (0, 1)]
        wrong += ["kernel_size"] * (min(counts) < 1)
        wrong += ["grad_output"] * (grad.shape != (len(x), *counts, len(kernels)))
    if wrong:
        raise ValueError(", ".join(wrong))


def correlate(x, k):
    """Valid cross-correlation of (n, h, w, c) with (f, kh, kw, c)."""
    view = np.lib.stride_tricks.sliding_window_view(x, k.shape[1:3], axis=(1, 2))
    return np.einsum("nrcdij,fijd->nrcf", view, k)


def conv2d_backward(grad_output, x, kernels, stride=1, padding="valid"):
    if np.ndim(x) == 3:
        gx, gk, gb = conv2d_backward(grad_output[None], x[None], kernels, stride, padding)
        return gx[0], gk, gb
    steps = tuple(np.broadcast_to(stride, 2).tolist())
    refuse(grad_output, x, kernels, steps, padding)
    kh, kw = kernels.shape[1:3]
    pads = [(0, 0), (0, 0)]
    if padding == "same":
        pads = [same_padding(x.shape[1 + a], kernels.shape[1 + a], steps[a]) for a in (0, 1)]
    padded = np.pad(x, [(0, 0), *pads, (0, 0)])
    # the gradient on the grid of a convolution of stride 1: zeros between and after
    spread = np.zeros((len(x), padded.shape[1] - kh + 1, padded.shape[2] - kw + 1, len(kernels)), grad_output.dtype)
    rows, columns = grad_output.shape[1:3]
    spread[:, : (rows - 1) * steps[0] + 1 : steps[0], : (columns - 1) * steps[1] + 1 : steps[1]] = grad_output
    full = np.pad(spread, [(0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1), (0, 0)])
    gx = correlate(full, kernels[:, ::-1, ::-1].transpose(3, 1, 2, 0))
    gk = correlate(padded.transpose(3, 1, 2, 0), spread.transpose(3, 1, 2, 0)).transpose(3, 1, 2, 0)
    gx = gx[:, pads[0][0] : pads[0][0] + x.shape[1], pads[1][0] : pads[1][0] + x.shape[2]]
    return gx, gk, grad_output.sum((0, 1, 2))
'''
NUMBER_BY_NUMBER = '''
import numpy as np


def conv2d_backward(grad_output, x, kernels, stride=1, padding="valid"):
    one = x.ndim == 3
    grads, images = (grad_output[None], x[None]) if one else (grad_output, x)
    if images.ndim != 4:
        raise ValueError("an image has three axes")
    sh, sw = (stride, stride) if np.ndim(stride) == 0 else stride
    if sh <= 0 or sw <= 0:
        raise ValueError("stride: the window has to move on")
    filters, kh, kw, channels = kernels.shape
    if channels != images.shape[3]:
        raise ValueError("the kernels are for images with other channels")
    if padding != "same" and padding != "valid":
        raise ValueError("no such padding")
    places = [
        len(range(0, n if padding == "same" else n - k + 1, s))
        for n, k, s in zip(images.shape[1:3], (kh, kw), (sh, sw))
    ]
    if 0 in places:
        raise ValueError("the kernel does not fit into the image")
    if grads.shape != (len(images), places[0], places[1], filters):
        raise ValueError("grad_output is not of the result's shape")
    top = left = 0
    if padding == "same":
        top, left = same_padding(images.shape[1], kh, sh)[0], same_padding(images.shape[2], kw, sw)[0]
    gx, gk = np.zeros(images.shape, grads.dtype), np.zeros(kernels.shape, grads.dtype)
    gb = np.zeros(filters, grads.dtype)
    for n, r, c, f in np.ndindex(grads.shape):
        g = grads[n, r, c, f]
        gb[f] += g
        for i, j in np.ndindex(kh, kw):
            y, z = r * sh + i - top, c * sw + j - left
            if 0 <= y < images.shape[1] and 0 <= z < images.shape[2]:
                gx[n, y, z] += g * kernels[f, i, j]
                gk[f, i, j] += g * images[n, y, z]
    return (gx[0] if one else gx), gk, gb
'''

BY_KRONECKER = '''
import numpy as np


def dilate_kernel(kernel, dilation):
    if dilation <= 0:
        raise ValueError("dilation must be positive")
    unit = np.zeros((dilation, dilation))
    unit[0, 0] = 1
    if kernel.ndim == 2:
        spread = np.kron(kernel, unit)
        return spread[: spread.shape[0] - dilation + 1, : spread.shape[1] - dilation + 1]
    spread = np.kron(kernel, unit[None, :, :, None])
    return spread[:, : spread.shape[1] - dilation + 1, : spread.shape[2] - dilation + 1]
'''
TAP_BY_TAP = '''
import numpy as np


def dilate_kernel(kernel, dilation):
    if dilation < 1:
        raise ValueError(f"dilation: {dilation}")
    if np.ndim(kernel) == 4:
        planes = [[dilate_kernel(one[:, :, c], dilation) for c in range(one.shape[2])] for one in kernel]
        return np.array(planes).transpose(0, 2, 3, 1)
    height, width = kernel.shape
    rows = []
    for y in range(height + (height - 1) * (dilation - 1)):
        row = []
        for x in range(width + (width - 1) * (dilation - 1)):
            on_a_tap = y % dilation == 0 and x % dilation == 0
            row.append(kernel[y // dilation, x // dilation] if on_a_tap else 0.0)
        rows.append(row)
    return np.array(rows)
'''

FROM_THE_TOP = '''
def receptive_field(layers):
    field = 1
    for layer in reversed(layers):
        for name, value in zip(("kernel", "stride", "dilation"), layer):
            if value < 1:
                raise ValueError(name)
        kernel, stride, dilation = layer
        field = (field - 1) * stride + dilation * (kernel - 1) + 1
    return field
'''
BY_SETS = '''
def receptive_field(layers):
    pixels = {0}
    for kernel, stride, dilation in list(layers)[::-1]:
        if kernel < 1:
            raise ValueError("kernel")
        if stride < 1:
            raise ValueError("stride")
        if dilation < 1:
            raise ValueError("dilation")
        pixels = {place * stride + tap * dilation for place in pixels for tap in range(kernel)}
    return max(pixels) - min(pixels) + 1
'''

ANSWERS = {
    "output-size": {"windows counted": COUNTED, "divided as floats": DIVIDED},
    "same-padding": {"by the remainder": BY_REMAINDER, "one zero after the other": BY_TRYING},
    "conv2d": {"six plain loops": PLAIN_LOOPS, "einsum over a view": EINSTEIN},
    "im2col": {"sliding_window_view": BY_VIEW, "as_strided": BY_STRIDES},
    "conv2d-backward": {"full convolution": FULL_CONVOLUTION, "number by number": NUMBER_BY_NUMBER},
    "dilated": {"Kronecker product": BY_KRONECKER, "tap by tap": TAP_BY_TAP},
    "receptive-field": {"from the top": FROM_THE_TOP, "sets of pixels": BY_SETS},
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
any_negative = "NumPy takes every negative size in a reshape for the one to be computed"

VIEW = "windows[:, ::stride[0], ::stride[1], :, ::dilation[0], ::dilation[1]].transpose(0, 1, 2, 4, 5, 3)"
GATHERING = {
    f"windows_as_rows: {VIEW} -> {VIEW.replace('dilation[0]', 'dilation[1]')}": one_number,
    "windows_as_rows: [step * (taps - 1) + 1 for step, taps in zip(dilation, size, strict=True)] -> "
    "[step * (taps - 1) + 1 for step, taps in zip(dilation, size, strict=False)]": "both are pairs",
}
TOGETHER = "1 + TOGETHER // (1 + height * width * weights.shape[1])"
OTHER_BLOCKS = (
    TOGETHER.replace("1 + T", "2 + T"), TOGETHER.replace("//", "*"), TOGETHER.replace("(1", "(2"),
    TOGETHER.replace("height * width * weights.shape[1]", "(height * width + weights.shape[1])"),
    TOGETHER.replace("height * width", "(height + width)"),
)
blocks = "how many images share a product changes no value"
EQUIVALENT = {
    "padding-output": {
        "padding_output: size >= 3 -> size > 3": "from 28 on, in steps of 2, the size is never 3",
        "padding_output: size >= 3 -> size >= 4": "from 28 on, in steps of 2, the size is never 3",
    },
    "conv2d": {
        f"conv2d > {COPY}": copied,
        f"conv2d > {ONE_DILATION}": one_number,
        "conv2d: pad_images(images, kernels.shape[1:3], stride, padding, dilation) -> "
        "pad_images(images, kernels.shape[1:4], stride, padding, dilation)": unused,
        "conv2d: window_counts(padded, kernels.shape[1:3], stride, dilation) -> "
        "window_counts(padded, kernels.shape[1:4], stride, dilation)": unused,
    },
    "im2col": {
        **{f"{name} > {mutant}": why for name in ("im2col", "conv2d_im2col") for mutant, why in GATHERING.items()},
        **{f"conv2d_im2col: {TOGETHER} -> {other}": blocks for other in OTHER_BLOCKS},
        f"conv2d_im2col > {COPY}": copied,
        f"conv2d_im2col > {ONE_OF_TWO}": refused_again,
        **{f"conv2d_im2col > {mutant}": refused_again for mutant in NARROWER},
        "conv2d_im2col: kernels.reshape(len(kernels), -1) -> kernels.reshape(len(kernels), -2)": any_negative,
    },
    "conv2d-backward": {
        f"conv2d_backward > {COPY}": copied,
        f"conv2d_backward > {ONE_DILATION}": one_number,
        f"conv2d_backward > {ONE_OF_TWO}": refused_again,
        **{f"conv2d_backward > {mutant}": refused_again for mutant in NARROWER},
        "conv2d_backward: np.asarray(grad_output, images.dtype).reshape(-1, *np.shape(grad_output)[-3:]) -> "
        "np.asarray(grad_output, images.dtype).reshape(-2, *np.shape(grad_output)[-3:])": any_negative,
    },
}
