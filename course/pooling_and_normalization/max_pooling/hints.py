"""Hints of max-pooling: a question, a worked case, the shape of the idea."""

HINTS = (
    """Of all windows of 2x2 with stride 2, take the top left pixel alone. These pixels are a picture of their own:
how large is it, and how is it cut out of the image?""",
    """The image of the text, taken apart by the place in the window:

```text
top left   top right   below left   below right   the largest of the four
1 2        3 0         4 1          2 5           4 5
0 8        1 6         7 3          2 4           7 8
```""",
    """Make a float of the image first: an integer has no infinity to pad with. Pad with what never wins. Then one
shifted picture for each pixel of the window: it begins there, goes on in steps of the stride, and has as
many rows and columns as there are windows. The maximum of all these pictures is the result. If you count
the axes from the end, image and batch are the same work.""",
)
