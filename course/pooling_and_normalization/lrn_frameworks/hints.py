"""Hints of lrn-frameworks: a question, a worked case, the shape of the idea."""

HINTS = (
    """The sum of squares in a window is S. By what does the paper's formula multiply it, and by what does PyTorch,
if both are given the same alpha?""",
    """`size` 3, the paper's alpha 0.2, a sum of squares of 10: the paper has k + 0.2 x 10 = k + 2. PyTorch divides
its alpha by 3 first, so it has to be given 0.6. A window of 3 channels is the channel itself and one
neighbour on each side.""",
    """In each of the two frameworks exactly one number has to be changed. All others only get another name.""",
)
