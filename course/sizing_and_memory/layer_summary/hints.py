"""Hints of layer-summary: a question, a worked case, the shape of the idea."""

HINTS = (
    """What does a layer have to know about the one before it? And how many inputs has a dense layer whose input is
a map of 5x5x16?""",
    """A convolution with 8 filters of 3x3, stride 2, padding 1 and 2 groups, on 7x9x4. The output is 4x5x8. A
filter sees 2 of the 4 channels, and has 3 x 3 x 2 = 18 weights: 8 x 18 = 144 weights and 8 biases are 152
parameters. 144 weights at 4 x 5 places are 2,880 multiply-adds.""",
    """One loop, in which a shape is carried from layer to layer. For each kind of layer three things follow: the
new shape, the parameters, and the multiply-adds, which are weights (no biases) times places. Refuse what
does not fit before you compute with it.""",
)
