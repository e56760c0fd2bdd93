"""Hints of feature-maps: a question, a worked case, the shape of the idea."""

HINTS = (
    """Who calls the hook, and when? Who removes it if the forward pass raises an error halfway?""",
    """A convolution gives -1 2, and the hook keeps that tensor. The ReLU behind it works in place: now the same
tensor reads 0 2, and so does what you kept. What has to be kept instead?""",
    """Find the layer by its name, register a hook that puts a copy of the output aside and returns nothing, run
the forward pass, and remove the hook in any case: Python has a construct for "whatever happens". Of the
batch of one, the first image's maps are the result, as an array.""",
)
