"""Hints of report: a question, a worked case, the shape of the idea."""

HINTS = (
    """How many axes and how many curves does each of the two figures have? What is written at the axes, and what
in the legends?""",
    """Two counts, 5 and 10 images, and two seeds each: accuracies 0.90 and 0.94, 0.95 and 0.97. The curve goes
through 0.92 and 0.96; the spread at the first point is twice that at the second, and the plot should show
it.""",
    """For a history: one axes for the losses, one for the accuracies, training and validation in each, over the
number of the epoch. For the comparison: one axes, for each way the mean over the seeds (over which axis of
`(n, seeds)`?) and something that shows the spread. Give every curve a name, and return the figure instead
of showing it.""",
)
