"""Hints of checkpointing: a question, a worked case, the shape of the idea."""

HINTS = (
    """Four blocks, and only each block's input is kept. How many checkpoints are that, and what is the input
of the third?""",
    """Images need no gradient. With `use_reentrant=True`, a checkpoint whose input needs no gradient gives an
output that needs none: PyTorch warns that none of the inputs have requires_grad=True, and the first block's
parameters get no gradient at all. With `use_reentrant=False` they get theirs.""",
    """The blocks stand in a loop, as without checkpoints: what one gives, the next one gets. Only the call of a
block is replaced by a checkpointed call of that block. The loop itself stays outside of every checkpoint.""",
)
