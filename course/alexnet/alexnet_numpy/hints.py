"""Hints of alexnet-numpy: a question, a worked case, the shape of the idea."""

HINTS = (
    """What happens between conv1 and conv2, in which order? Read the first two rows of the table of layers aloud.""",
    """On 67x67 pixels the sides are 15 after conv1, 7 after pool1, 7 after conv2, 3 after pool2, 3 after conv3,
conv4 and conv5, and 1 after the last pooling. If yours differ, the row where they begin to differ has the
wrong stride or padding.""",
    """The function is the table, read from top to bottom, each layer with the parameters of its name. Image and
batch differ in one step alone, the flattening: the numbers of one image stay in one row. ReLU after all
layers but the last, and after that one the softmax.""",
)
