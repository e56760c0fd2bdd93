"""Hints of lenet-evaluate: a question, a worked case, the shape of the idea."""

HINTS = (
    """Which of the three results can be counted from the predicted digits alone, and which needs the softmax?""",
    """Confidences 0.6, 0.9, 0.6 and 0.7 for images 0 to 3, of which 0, 1 and 2 are wrong. The mistakes come in the
order 1, 0, 2: the surest first, and of the two with 0.6 the earlier image first. Image 3 is right and is
not listed. In the confusion matrix an image adds 1 in the row of its true digit and the column of the
predicted one.""",
    """Prepare the images (scaled, padded), switch to evaluation mode, compute without gradients. From the
probabilities of one image follow both its prediction (where the largest stands) and its confidence (how
large it is). For the order of equals, look up which sorts are *stable*.""",
)
