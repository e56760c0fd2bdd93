"""Hints of lrn: a question, a worked case, the shape of the idea."""

HINTS = (
    """Which channels are in the window of channel 0, of channel 1, and of the last one, when the window has 5
channels and there are 8? How many are these each time?""",
    """One pixel with the channels 2 1 3, `size` 3, k = 1, alpha = 1, beta = 1. The sums of squares are 4 + 1 = 5,
4 + 1 + 9 = 14 and 1 + 9 = 10. The result is 2/6, 1/15 and 3/11.""",
    """Square once, as floats. Then add up, for each channel, the squares between the first and the last channel of
its window; or pad the squares with zeros along the last axis and add up `size` shifted copies. A running
sum along all channels would be shorter, but a single infinity then spoils every channel behind it.""",
)
