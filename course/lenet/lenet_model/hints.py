"""Hints of lenet-model: a question, a worked case, the shape of the idea."""

HINTS = (
    """Before you write a layer: what is the shape of one picture after each row of the table? Write the seven
shapes down.""",
    """A picture of 20x20 would be 16x16 after C1 and 8x8 after S2, then 4x4 and 2x2: with 16 maps that makes 64
numbers for the first dense layer. Do the same for 32x32. And mind that C3 reads six maps, not one.""",
    """`__init__` makes the five layers that have weights; pooling and tanh have none. `forward` is a chain:
convolution, tanh, pooling, twice; then flatten all axes but the first; then dense and tanh, dense and tanh,
dense. Nothing comes after the last layer. If your network has not 61,706 parameters, print the number of
each layer's, and see which one surprises you.""",
)
