"""Hints of shift-invariance: a question, a worked case, the shape of the idea."""

HINTS = (
    """Which axis of a batch is "to the right"? When a picture of 5 columns moves by 2, which columns of the new
one come from which columns of the old one?""",
    """Two images. The first has the features 3 4, and after the shift 4 4: the change 1 0 has norm 1, the features
have norm 5, and the sensitivity is 0.2. The second has 0 0 before and after, and counts as 0. The mean of
both is 0.1.""",
    """Begin with zeros in the shape of the images, and copy the part that stays into its new place; with a shift
of the width or more nothing is copied. Ask for the features twice, make floats of them, and lay those of
each image in one long row: then both norms are sums along a row, and the rows are averaged last.""",
)
