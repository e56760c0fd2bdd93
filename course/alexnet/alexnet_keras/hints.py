"""Hints of alexnet-keras: a question, a worked case, the shape of the idea."""

HINTS = (
    """`size` counts channels in all. What does `depth_radius` count? And which of the paper's four numbers does
TensorFlow call `bias`?""",
    """A layer with k = 1 is saved, and `get_config` forgets k. When it is loaded again, it is built with the
default, k = 2, and computes something else, without an error. So all four numbers have to be in there, and
what every layer has as well, such as its name.""",
    """The layer keeps its four numbers, hands them to the TensorFlow function in `call`, and lists them in
`get_config`; the example `Scale` has the same three parts. The model is the table again: start at an input
of `img_shape`, end in a softmax of `num_classes` units, compile with loss and metric of the text.""",
)
