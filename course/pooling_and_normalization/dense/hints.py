"""Hints of dense: a question, a worked case, the shape of the idea."""

HINTS = (
    """`x` is (batch, in_features), W is (in_features, out_features): what is the shape of their matrix product?
And if `x` is (in_features,)?""",
    """He's standard deviation is 0.5 for 8 inputs (the variance is 2 / 8) and 0.1 for 200 inputs. The number of
outputs does not matter.""",
    """NumPy's matrix product takes a vector as well as a batch, and the bias is added along the last axis in both
cases, so one line computes either. Before it: look at rank and last axis. After it: weights are float64, so
what becomes of a float32 `x`? New weights for each layer need a generator that does not begin with the same
seed each time.""",
)
