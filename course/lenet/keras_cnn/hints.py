"""Hints of keras-cnn: a question, a worked case, the shape of the idea."""

HINTS = (
    """What is the shape of one picture in Keras, and where do the channels stand? What do the last layer's numbers
have to be for the loss that the text names?""",
    """A convolution with 8 kernels of 3x3 on one channel has 80 parameters, and makes 26x26x8 of 28x28x1. Pooling
by 2 leaves 13x13x8, which are 1,352 numbers when flattened. If `model.summary()` shows other shapes than
you expect, look at the first layer's input.""",
    """The example network has all but the convolutions: put one or two pairs of convolution (with ReLU) and
pooling before its `Flatten`. Nothing may be fixed to 28 or 10: sizes follow from the two arguments. Compile
with the loss for whole labels, and return the model.""",
)
