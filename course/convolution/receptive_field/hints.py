"""Hints of receptive-field: a question, a worked case, the shape of the idea."""

HINTS = (
    """After two layers with stride 2: how many pixels of the image does the window move on when it makes one step
in the third layer's input?""",
    """Layers (3, 2, 1), (2, 3, 1), (3, 1, 1). The field begins at 1, neighbours are 1 apart. The first layer
reaches 2 x 1 further: 3; then neighbours are 2 apart. The second reaches 1 x 2 further: 5; then they are 6
apart. The third reaches 2 x 6 further: 17.""",
    """Two numbers are carried from layer to layer: the field, and how far neighbours are apart. Each layer first
makes the field larger, with the distance as it found it, and only then changes the distance. Which of the
two does dilation touch?""",
)
