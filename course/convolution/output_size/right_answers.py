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

ANSWERS = {"windows counted": COUNTED, "divided as floats": DIVIDED}
