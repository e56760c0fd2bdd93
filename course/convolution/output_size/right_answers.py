"""Right answers by other ways."""

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

NUMPY = DIVIDED.replace("import math", "import numpy as np").replace("math.floor", "np.floor")

ANSWERS = {"windows counted": COUNTED, "divided as floats": DIVIDED, "a whole float of NumPy's": NUMPY}

# Wrong in ways that have no name here.
WRONG = {
    "0 where the window does not fit": COUNTED.replace('raise ValueError("kernel does not fit")', "return 0"),
    "padding in the stride": DIVIDED.replace("/ stride) + 1", "/ (stride + padding)) + 1"),
    "rounded to the nearest": DIVIDED.replace("math.floor", "round"),
    "an even kernel one wider": DIVIDED.replace("kernel + (kernel", "kernel + (kernel % 2 == 0) + (kernel"),
    "the dilation once for the whole window": DIVIDED.replace("(kernel - 1) * (dilation - 1)", "(dilation - 1)"),
    "the padding is added to the number of windows": DIVIDED.replace(
        "math.floor((padded - window) / stride) + 1", "(size - window) // stride + 1 + 2 * padding"
    ),
    "the window is compared without padding": DIVIDED.replace("if padded < window", "if size < window"),
}
