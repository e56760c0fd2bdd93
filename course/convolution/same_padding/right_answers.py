"""Right answers by other ways."""

from __future__ import annotations

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

AS_A_LIST = BY_REMAINDER.replace("(total // 2, (total + 1) // 2)", "[total // 2, total - total // 2]")

ANSWERS = {
    "by the remainder": BY_REMAINDER, "one zero after the other": BY_TRYING, "a list instead of a tuple": AS_A_LIST,
}

# Wrong in ways that have no name here.
WRONG = {
    "one after whatever the number": BY_REMAINDER.replace("(total + 1) // 2", "total // 2 + 1"),
    "all after the image": BY_REMAINDER.replace("(total // 2, (total + 1) // 2)", "(0, total)"),
    "as many as the window is wide": BY_REMAINDER.replace("window - (over", "window + 1 - (over"),
    "half on both sides as floats": BY_REMAINDER.replace("(total // 2, (total + 1) // 2)", "(total / 2, total / 2)"),
    "the number alone": BY_REMAINDER.replace("return (total // 2, (total + 1) // 2)", "return total"),
}
