"""Hints of augmentation: a question, a worked case, the shape of the idea."""

HINTS = (
    """An image of 8x8 and pieces of 6x6: how many places are there for a piece, in each direction and in all?""",
    """The places in one direction are 0, 1 and 2. `rng.integers(0, 2)` draws only 0 and 1, because its upper end
is left out. With a piece as large as the image there is one place, 0. For 100 images you need 100 heights,
100 widths and 100 flips.""",
    """Go through the images; each gets a place and a flip of its own from `rng`, and its piece goes into a new
array. A flip left to right turns the axis of the columns round. The mean image is taken over the first axis
of the training images alone, in floats, and then subtracted from both sets.""",
)
