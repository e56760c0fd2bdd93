"""Hints of average-pooling: a question, a worked case, the shape of the idea."""

HINTS = (
    """A window of 2x2 sticks out of the image by one column. By how many pixels is its sum divided?""",
    """One row, 1 3 8, windows 2 wide with stride 2 and "same" padding: one column is added after the image. The
windows hold (1, 3) and (8, nothing), the means are 2 and 8. A 4 in the second place would have counted the
outside as 0.""",
    """Two sums with the same windows: that of the image, padded with zeros, and that of an image of ones, padded
with zeros as well. What does the second one count?""",
)
