"""Hints of squeeze-excite: a question, a worked case, the shape of the idea."""

HINTS = (
    """Over which axes of (N, C, H, W) is the mean taken, and what shape is left? What shape do the factors need to
multiply (N, C, H, W)?""",
    """8 channels and a reduction of 16: 8 // 16 is 0, and a layer of 0 units would know nothing; at least one is
asked for. An image whose two channels have the factors 0.5 and 1 comes out with its first channel halved,
at every pixel.""",
    """Two dense layers in `__init__`. `forward`: mean over the positions, dense, ReLU, dense, sigmoid, and then
each channel times its factor. The batch's axis is touched nowhere, so every image has its own.""",
)
