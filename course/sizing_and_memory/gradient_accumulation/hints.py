"""Hints of gradient-accumulation: a question, a worked case, the shape of the idea."""

HINTS = (
    """PyTorch adds what a backward pass gives to what lies in `.grad`. So what has to lie there before the first
micro batch, and what does each backward pass have to add?""",
    """3 images in micro batches of 2, with mean losses 4 and 1. Their shares are 2/3 and 1/3, the loss of the
batch is 4 x 2/3 + 1 x 1/3 = 3. The mean of the two means would be 2.5, and its gradients are not those of
the batch.""",
    """For each micro batch: forward, the mean loss times the share, backward; then let go of it. What you add up
for the return value has to be a number: a tensor that has a graph behind it keeps all outputs of that micro
batch in memory.""",
)
