"""Hints of batch-norm: a question, a worked case, the shape of the idea."""

HINTS = (
    """One number for each channel should be left of a batch (batch, height, width, channels). Over which axes is
the mean taken? And over which of a single image?""",
    """Momentum 0.9, and two batches in training, whose channel has the means 3 and then 5. The running mean goes
from 0 to 0.3, and from there to 0.9 x 0.3 + 0.1 x 5 = 0.77. At inference 0.77 is subtracted, whatever the
batch at hand looks like.""",
    """First choose mean and variance: the batch's own in training, the remembered ones otherwise. The formula
after that is the same for both. Running values are float64 and make a float64 of everything they touch:
what has to happen to the result of a float32 `x`?""",
)
