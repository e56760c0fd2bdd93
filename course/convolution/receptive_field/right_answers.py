"""Right answers by other ways."""

from __future__ import annotations

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

ANSWERS = {"from the top": FROM_THE_TOP, "sets of pixels": BY_SETS}

# Wrong in ways that have no name here.
STEPS = '''
def receptive_field(layers):
    field, apart = 1, 1
    for kernel, stride, dilation in layers:
        for name, value in (("kernel", kernel), ("stride", stride), ("dilation", dilation)):
            if value < 1:
                raise ValueError(name)
        field += (kernel - 1) * dilation * apart
        apart *= stride
    return field
'''
WRONG = {
    "whole kernels are added": STEPS.replace("(kernel - 1)", "kernel"),
    "begins at 0": STEPS.replace("field, apart = 1, 1", "field, apart = 0, 1"),
    "the last layer is left out": STEPS.replace("in layers:", "in layers[:-1]:"),
    "a window of an even kernel is one narrower": STEPS.replace("(kernel - 1)", "(kernel - 1 - (kernel % 2 == 0))"),
    "only the last stride counts": STEPS.replace("apart *= stride", "apart = stride"),
    "the list is emptied": STEPS.replace("in layers:", "in [layers.pop(0) for _ in range(len(layers))]:"),
}


RECURSIVE = '''
def receptive_field(layers):
    for kernel, stride, dilation in layers:
        if kernel < 1: raise ValueError("kernel")
        if stride < 1: raise ValueError("stride")
        if dilation < 1: raise ValueError("dilation")
    if not layers: return 1
    (k, s, d), *rest = layers
    return (receptive_field(rest) - 1) * s + d * (k - 1) + 1
'''
ANSWERS["the rest first, by recursion"] = RECURSIVE
