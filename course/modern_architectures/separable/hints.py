"""Hints of separable: a question, a worked case, the shape of the idea."""

HINTS = (
    """In the depthwise half each channel has one kernel of its own. How many filters are that, how many groups,
and what is the shape of the weights?""",
    """From 3 to 8 channels with 5x5 kernels: 3 x 25 = 75 weights in the depthwise half, 3 x 8 = 24 in the
pointwise one, 99 in all. A plain convolution has 600.""",
    """Two convolutions, one after the other, without biases and with nothing in between. Kernel size, stride and
padding go to the first one; the second changes nothing but the number of channels.""",
)
