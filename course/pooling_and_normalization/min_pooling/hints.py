"""Hints of min-pooling: a question, a worked case, the shape of the idea."""

HINTS = (
    """What is -max(-2, -7, -4)? And what is it that padding has to become, when the signs are turned?""",
    """The pixels 5, 0 and 3 as unsigned bytes: their negatives are 251, 0 and 253, the largest is 253, and nothing
good comes of it. As floats they are -5, 0 and -3; the largest is 0, and so is the minimum.""",
    """Let a `MaxPooling2D` with the same arguments do the work, on the negated image. It refuses what has to be
refused, too. Only one thing has to be done before it gets the image: which dtype can be negated, and which
must a float32 image keep?""",
)
