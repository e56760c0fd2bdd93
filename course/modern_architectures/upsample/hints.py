"""Hints of upsample: a question, a worked case, the shape of the idea."""

HINTS = (
    """For f = 3 the kernel is 5 wide. Where is its centre, and how far from it is each of the five places? And for
f = 4?""",
    """f = 3: the distances are 2, 1, 0, 1, 2, and the weights along a side 1/3, 2/3, 1, 2/3, 1/3. They add up to
3, so the kernel's weights add up to 9. Its corner is 1/9, its centre 1.""",
    """The kernel is every row weight times every column weight. The head has two 1x1 convolutions; the scores of
`low` are enlarged to the height and width that `high` has, and both scores are added. Enlarging has nothing
to learn, so it adds no parameters.""",
)
