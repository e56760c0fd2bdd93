"""Hints of alexnet-torch: a question, a worked case, the shape of the idea."""

HINTS = (
    """Which of the eight layers with weights take `groups`, and which two have dropout before them? How many
numbers does the last pooling hand to fc6?""",
    """conv2 with two groups: its kernels have the shape (256, 48, 5, 5), because each sees 48 of the 96 maps. With
256 biases that makes 307,456 parameters instead of 614,656. The layer's output is as large as without
groups.""",
    """Write the table as one `nn.Sequential` of convolutions and one of dense layers, with a flattening in
between. Count the parameters with 1,000 classes, with and without groups, and compare with the two numbers
in the task: a difference tells which layer is another. What they do not show, stride, padding, LRN and
dropout, you have to read again.""",
)
