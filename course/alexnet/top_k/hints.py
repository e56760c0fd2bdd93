"""Hints of top-k: a question, a worked case, the shape of the idea."""

HINTS = (
    """Scores may be equal, and then the lower index comes first. In which order does your sort leave equal scores,
and does it begin with the smallest or with the largest?""",
    """Scores 0.2, 0.5, 0.5, 0.1: the best two are classes 1 and 2, the best one is class 1. An image with label 2
is right for k = 2 and wrong for k = 1. Sorting upwards and reading from the end gives 2 before 1.""",
    """Sort so that the best come first and equals keep their order; a *stable* sort of something with the opposite
sign does both. `top_k` reads names and scores off the first k; the accuracy asks whether the label is among
them, for each image, and takes the mean.""",
)
