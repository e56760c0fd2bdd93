"""Hints of relu-softmax: a question, a worked case, the shape of the idea."""

HINTS = (
    """Which number must be subtracted from a row of logits so that the largest exponent is exactly 0? Is it the
same number for all rows?""",
    """Logits 1000 and 999: without the larger one they are 0 and -1; the powers are 1 and 0.368, their sum is
1.368, and the probabilities 0.731 and 0.269. Logits 1 and 0 have the very same.""",
    """Softmax is three steps along `axis`: subtract the largest, take powers, divide by their sum. `keepdims=True`
leaves an axis of length 1 where the largest and the sum are taken, so that the shapes fit for every `axis`.
For ReLU, try your way on a NaN: a maximum lets it through, a comparison such as x > 0 is false for it.""",
)
