"""Right answers by other ways, and the mutants of the reference that compute the same."""

from __future__ import annotations

from ..conv2d.right_answers import COPY, NARROWER, ONE_OF_TWO, copied, one_number, refused_again

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

# Tap by tap: each row of the matrix is a strided slice of the image.
BY_TAPS = BY_VIEW.replace(
    '''    view = sliding_window_view(image, tuple(covers), axis=(0, 1))[:: steps[0], :: steps[1]]
    view = view[..., :: gaps[0], :: gaps[1]]
    return view.transpose(3, 4, 2, 0, 1).reshape(sides[0] * sides[1] * image.shape[2], -1)
''',
    '''    rows, columns = [(image.shape[a] - covers[a]) // steps[a] + 1 for a in (0, 1)]
    matrix = np.empty((sides[0], sides[1], image.shape[2], rows, columns), image.dtype)
    planes = np.ascontiguousarray(image.transpose(2, 0, 1))
    for i in range(sides[0]):
        for j in range(sides[1]):
            top, left = i * gaps[0], j * gaps[1]
            part = planes[:, top : top + rows * steps[0] : steps[0], left : left + columns * steps[1] : steps[1]]
            matrix[i, j] = part[:, :rows, :columns]
    return matrix.reshape(-1, rows * columns)
''',
)

ANSWERS = {"sliding_window_view": BY_VIEW, "as_strided": BY_STRIDES, "tap by tap": BY_TAPS}

# Wrong in ways that have no name here.
WRONG = {
    "channels among the positions": BY_VIEW.replace("transpose(3, 4, 2, 0, 1)", "transpose(3, 4, 0, 2, 1)"),
    "windows from last to first": BY_VIEW.replace("* image.shape[2], -1)", "* image.shape[2], -1)[:, ::-1]"),
    "stride in one direction only": BY_VIEW.replace("[:: steps[0], :: steps[1]]", "[:, :: steps[1]]"),
    "one bias for all": BY_VIEW.replace("np.asarray(bias).astype(x.dtype)", "x.dtype.type(bias[0])"),
    "the batch in reverse": BY_VIEW.replace("im2col(x[n],", "im2col(x[-1 - n],"),
    "the first result for every image of a shape": BY_VIEW + """

_results = {}


def _cached(solve):
    def ask(*args, **options):
        key = tuple(np.shape(a) if isinstance(a, np.ndarray) else a for a in args) + tuple(options.items())
        if key not in _results:
            _results[key] = solve(*args, **options)
        return _results[key].copy()

    return ask


conv2d_im2col = _cached(conv2d_im2col)
""",
}

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
    **{f"{name} > {mutant}": why for name in ("im2col", "conv2d_im2col") for mutant, why in GATHERING.items()},
    **{f"conv2d_im2col: {TOGETHER} -> {other}": blocks for other in OTHER_BLOCKS},
    f"conv2d_im2col > {COPY}": copied,
    f"conv2d_im2col > {ONE_OF_TWO}": refused_again,
    **{f"conv2d_im2col > {mutant}": refused_again for mutant in NARROWER},
    "conv2d_im2col: kernels.reshape(len(kernels), -1) -> kernels.reshape(len(kernels), -2)": any_negative,
}
