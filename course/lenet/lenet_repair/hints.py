"""Hints of lenet-repair: a question, a worked case, the shape of the idea."""

HINTS = (
    """After the second pooling a picture has 16 maps of 5x5. How many numbers should one row have, and how many
does `view(-1, 256)` put into it?""",
    """16 pictures have 16 x 400 = 6,400 numbers, which are 25 rows of 256. One picture has 400, which is no whole
number of rows: there `view` fails. So it does with 8 pictures, and with 32 it makes 50 rows.""",
    """Two places belong together: what keeps a picture's numbers in one row, and how many inputs the layer behind
it has. Mend only one of them, and the other raises an error, which is a good sign. `batch_after_view` asks
the same as the arithmetic above: how many rows, and is anything left over?""",
)
