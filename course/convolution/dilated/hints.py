"""Hints of dilated: a question, a worked case, the shape of the idea."""

HINTS = (
    """How many zeros stand between the first and the last tap of a kernel with 4 taps and dilation 3? How wide is
it then?""",
    """Along one side, taps 1 2 3 with dilation 3 become `1 0 0 2 0 0 3`: two gaps of two zeros, 7 wide. There are
no zeros before the first tap, and none after the last.""",
    """Begin with zeros in the shape that the result has, and lay the taps in: they stand at every `dilation`-th
place. The kernels of a layer grow along two of their four axes; filters and channels stay.""",
)
