"""Hints of pooling-backward: a question, a worked case, the shape of the idea."""

HINTS = (
    """In one window of `x`: which pixel gets the gradient, how do you find where it stands, and which is it if
several are equally large?""",
    """One row, 1 3 3 2, windows of three pixels with stride 1, `grad_output` 10 and 5. The windows hold (1 3 3)
and (3 3 2); in both the first of the largest is the second pixel of the row. It gets 10 + 5, the others get
0.""",
    """Go through the windows. `argmax` of a window that is laid out in one line, row after row, finds the first of
several that are equal; row and column follow from its place. *Add* the gradient there, to zeros in the
shape of `x`. Every channel of every image has its own maximum.""",
)
