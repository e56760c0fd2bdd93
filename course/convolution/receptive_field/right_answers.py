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
