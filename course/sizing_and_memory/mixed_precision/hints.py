"""Hints of mixed-precision: a question, a worked case, the shape of the idea."""

HINTS = (
    """Which numbers should have 16 bits: the parameters, or what the layers compute? Who decides, layer by layer,
in the text above?""",
    """A linear layer under autocast in bfloat16: its weight is float32 before and after, its output is bfloat16,
and after a backward pass the weight's gradient is float32. Had you cast the layer itself, all three would
be bfloat16.""",
    """One `with` block around one forward pass. `torch.autocast` wants to know two things: the kind of device,
which `x` knows, and the format. Nothing is cast by hand, neither before the block nor after it.""",
)
