"""Hints of same-padding: a question, a worked case, the shape of the idea."""

HINTS = (
    """How many windows does "same" ask for? At which pixel does the last of them start, and where does it end?""",
    """9 pixels, a window of 4, stride 4: three windows start at 0, 4 and 8, and the last one ends at 11. The
pixels end at 8, so three zeros are missing: one goes before, two after. With 8 pixels, a window of 1 and
stride 3 the last window ends at 6, and the image at 7: one pixel too many is not a zero less than none.""",
    """Three steps: the number of windows (rounded up), where the padded image has to end, and what is missing up
to there, which is never below 0. Half of that, rounded down, goes before. A dilation only makes the window
wider, as in `output_size`.""",
)
