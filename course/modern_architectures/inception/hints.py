"""Hints of inception: a question, a worked case, the shape of the idea."""

HINTS = (
    """The four branches have to give maps of the same height and width. Which padding does a kernel of 3x3 need
for that, which one of 5x5, and which the pooling?""",
    """`InceptionModule(192, 64, 96, 128, 16, 32, 32)` gives 64 + 128 + 32 + 32 = 256 maps. The reductions to 96
and 16 are inside of their branches, and do not show in the sum.""",
    """Make the four branches in `__init__`, each a short chain in which every convolution is followed by a ReLU,
the reducing ones too. `forward` asks all four for the same `x`, and joins what they give along the axis of
the channels, in the order of the table.""",
)
