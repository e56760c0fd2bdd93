"""Hints of mean-iou: a question, a worked case, the shape of the idea."""

HINTS = (
    """A pixel is marked to be ignored, and the network says class 1 there. Does it count for class 1's
intersection, for its union, for neither?""",
    """Target 0 0 1 255, prediction 0 1 1 1, 255 is ignored: three pixels are left. Class 0: one pixel in both, two
in either. Class 1: one in both, two in either. The mean is 0.5, with `num_classes` 2 and with 5 alike:
classes that occur nowhere have no share in it.""",
    """Choose the pixels that count, once for all. Then for each class compare both sides with its number: where
both are true, and where at least one is. A class whose union is empty is left out of the mean. What is the
mean of nothing?""",
)
