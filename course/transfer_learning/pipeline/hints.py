"""Hints of pipeline: a question, a worked case, the shape of the idea."""

HINTS = (
    """What is shuffled: paths or decoded pictures? Which step of the chain has to happen anew in each epoch, and
which ones are for training only?""",
    """A pixel of 0 becomes -1, one of 127.5 becomes 0, one of 255 becomes 1. A grey file and one with four
channels both become three channels. 10 images in batches of 4 are batches of 4, 4 and 2.""",
    """Write the chain of the text from left to right, without shuffling and augmenting, and see that it passes
what is asked of `training=False`. Then put in the two steps that only training has: the shuffle before
anything is read, holding all paths, and the augmentation after batching.""",
)
