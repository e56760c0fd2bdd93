"""Hints of residual: a question, a worked case, the shape of the idea."""

HINTS = (
    """For which arguments do F(x) and x have different shapes? There are two reasons. What is added if there is
none?""",
    """`ResidualBlock(64, 128, stride=2)` on (N, 64, 7, 7): the first convolution takes the stride, and F(x) is (N,
128, 4, 4). A 1x1 convolution with stride 2 and without padding makes of x (N, 128, 4, 4) as well.""",
    """F is a chain of five: convolution, batch norm, ReLU, convolution, batch norm. The way past it is either x
itself or its projection of two layers; which one is settled in `__init__`. The last ReLU comes after the
sum.""",
)
