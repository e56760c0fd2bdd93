"""Hints of dense-to-conv: a question, a worked case, the shape of the idea."""

HINTS = (
    """When a map (C, H, W) is flattened, at which place in the row does the number of channel c, row h, column w
end up?""",
    """A map of 2 channels, 1 row and 3 columns. A unit of the dense layer has the weights a b c d e f. The first
three meet channel 0, the others channel 1: as a kernel they are (a b c) and (d e f).""",
    """The convolution's kernel is as large as the map, and there is one for each unit. The weights are the same
numbers in the same order, only in another shape; copy them, so that the dense layer stays what it is. Then
the bias, if there is one.""",
)
