"""Wrong turns in checkpointing. A wrong answer stands here as a student would write it."""

from __future__ import annotations

import torch
from torch.utils.checkpoint import checkpoint

from autograder.checks.api import Misconceptions, notebook, on

from . import reference as right

CHECKPOINTING = Misconceptions("checkpointing", right.checkpointing, student=notebook("checkpointed_forward"))
RECOMPUTING = "Checkpointing"


@CHECKPOINTING.add("gradients-switched-off", section=RECOMPUTING, price="without gradients nothing can be trained")
@on(right.checkpointing)
def gradients_switched_off(blocks, x):
    """The output has no gradient: nothing was recorded and nothing will be computed again."""
    with torch.no_grad():
        for block in blocks:
            x = block(x)
    return x


@CHECKPOINTING.add("detached-between-blocks", section=RECOMPUTING, price="no block but the last is trained")
@on(right.checkpointing)
def detached_between_blocks(blocks, x):
    """The gradient ends before it has reached the first block: the chain was cut between blocks."""
    for block in blocks:
        x = checkpoint(block, x.detach(), use_reentrant=False)
    return x


@CHECKPOINTING.add("needs-a-gradient-of-the-input", section=RECOMPUTING)
@on(right.checkpointing)
def needs_a_gradient_of_the_input(blocks, x):
    """The parameters get their gradients only if the input has one too, which the first layer's images have not."""
    for block in blocks:
        x = checkpoint(block, x, use_reentrant=True)
    return x


@CHECKPOINTING.add("every-block-on-the-input", section=RECOMPUTING, price="it is another network's output")
@on(right.checkpointing)
def every_block_on_the_input(blocks, x):
    """Every block was given the first input, and the last one's output returned; each follows on the one before."""
    for block in blocks:
        output = checkpoint(block, x, use_reentrant=False)
    return output


@CHECKPOINTING.add("switched-to-evaluation", section=RECOMPUTING)
@on(right.checkpointing)
def switched_to_evaluation(blocks, x):
    """The blocks were switched to evaluation, where batch normalisation sees no batch; leave their mode alone."""
    return right.checkpointed_forward([block.eval() for block in blocks], x)


@CHECKPOINTING.add("switched-to-training", section=RECOMPUTING)
@on(right.checkpointing)
def switched_to_training(blocks, x):
    """The blocks were switched to training, although they had been put into evaluation mode; leave their mode alone."""
    return right.checkpointed_forward([block.train() for block in blocks], x)


@CHECKPOINTING.add("input-made-to-need-gradients", section=RECOMPUTING)
@on(right.checkpointing)
def input_made_to_need_gradients(blocks, x):
    """The input was made to need a gradient, and it is the caller's: whoever called finds it changed."""
    x.requires_grad_()
    for block in blocks:
        x = checkpoint(block, x, use_reentrant=True)
    return x


# The next three give the right output and gradients; what they keep, and when they compute again, tells them apart.


@CHECKPOINTING.add("nothing-checkpointed", section=RECOMPUTING, price="a plain forward pass saves nothing")
@on(right.checkpointing)
def nothing_checkpointed(blocks, x):
    """This is a plain forward pass: everything inside the blocks was kept."""
    for block in blocks:
        x = block(x)
    return x


@CHECKPOINTING.add("last-block-kept", section=RECOMPUTING)
@on(right.checkpointing)
def last_block_kept(blocks, x):
    """The last block was not checkpointed: what lies inside it was kept."""
    *first, last = blocks
    return last(right.checkpointed_forward(first, x))


@CHECKPOINTING.add("one-checkpoint-around-everything", section=RECOMPUTING)
@on(right.checkpointing)
def one_checkpoint_around_everything(blocks, x):
    """All blocks share one checkpoint: in the backward pass all of them are computed again at once, and all is kept."""
    return checkpoint(torch.nn.Sequential(*blocks), x, use_reentrant=False)
