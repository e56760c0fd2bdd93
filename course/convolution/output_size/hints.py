"""Hints of output-size: a question, a worked case, the shape of the idea."""

HINTS = (
    """With stride 1 and without padding: at which pixel does the first window stand, 3 wide in 7 pixels, and at
which the last? How many are that?""",
    """8 pixels with a padding of 1 are 10. A kernel of 3 taps with dilation 2 reads pixels 0, 2 and 4, so its
window is 5 wide. With a stride of 2:

```text
pixels     0 1 2 3 4 5 6 7 8 9
window 0   [-------]
window 1       [-------]
window 2           [-------]
the next               [-------       ends at pixel 10, outside
```""",
    """Work out two widths first: that of the padded input, and that of the window. What the first has more than
the second is the way that the window can go. It goes in whole steps, and it has one place before its first
step. Each argument is looked at before anything is computed, so that the error can name it.""",
)
