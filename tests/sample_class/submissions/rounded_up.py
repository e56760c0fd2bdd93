"""Counts a last window that does not fit."""

# task: output-size
import math


def output_size(size, kernel, stride=1, padding=0, dilation=1):
    for name, value in (("size", size), ("kernel", kernel), ("stride", stride), ("dilation", dilation)):
        if value < 1:
            raise ValueError(f"{name} must be at least 1")
    if padding < 0:
        raise ValueError("padding must not be negative")
    window = dilation * (kernel - 1) + 1
    if window > size + 2 * padding:
        raise ValueError("kernel does not fit into the image")
    return math.ceil((size + 2 * padding - window) / stride) + 1
