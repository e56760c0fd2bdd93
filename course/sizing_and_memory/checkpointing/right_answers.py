"""Right answers of checkpointing in other ways."""

ANSWERS = {
    "fold": '''
from functools import reduce, partial
import torch
from torch.utils.checkpoint import checkpoint
def checkpointed_forward(blocks, x):
    """A fold, and the older form of checkpoint, which is given an input with a gradient."""
    x = x if x.requires_grad else x.detach().requires_grad_()
    return reduce(lambda value, block: checkpoint(block, value, use_reentrant=True), blocks, x)
''',
    "own-function": '''
import torch
class Recompute(torch.autograd.Function):
    @staticmethod
    def forward(ctx, block, x, *parameters):
        ctx.block = block
        ctx.save_for_backward(x)
        with torch.no_grad():
            return block(x)
    @staticmethod
    def backward(ctx, grad):
        x = ctx.saved_tensors[0].detach().requires_grad_()
        with torch.enable_grad():
            y = ctx.block(x)
        return None, *torch.autograd.grad(y, [x, *ctx.block.parameters()], grad)
def checkpointed_forward(blocks, x):
    """A function of one's own that computes the block again."""
    for block in blocks:
        x = Recompute.apply(block, x, *block.parameters())
    return x
''',
    "forward-of-each-block": '''
from torch.utils.checkpoint import checkpoint
def checkpointed_forward(blocks, x):
    """A recursion, and the block's forward in place of the block, which runs no hook of the block's own."""
    blocks = list(blocks)
    if not blocks:
        return x
    return checkpointed_forward(blocks[1:], checkpoint(blocks[0].forward, x, use_reentrant=False))
''',
}

WRONG = {
    "layer-by-layer": '''
from torch.utils.checkpoint import checkpoint
def checkpointed_forward(blocks, x):
    """A checkpoint for every layer keeps every layer's input."""
    for block in blocks:
        for layer in block:
            x = checkpoint(layer, x, use_reentrant=False)
    return x
''',
    "every-second-block": '''
from torch.utils.checkpoint import checkpoint
def checkpointed_forward(blocks, x):
    for number, block in enumerate(blocks):
        x = block(x) if number % 2 else checkpoint(block, x, use_reentrant=False)
    return x
''',
    "backwards": '''
from torch.utils.checkpoint import checkpoint
def checkpointed_forward(blocks, x):
    for block in reversed(list(blocks)):
        x = checkpoint(block, x, use_reentrant=False)
    return x
''',
    "result-added": '''
from torch.utils.checkpoint import checkpoint
def checkpointed_forward(blocks, x):
    for block in blocks:
        x = x + checkpoint(block, x, use_reentrant=False)
    return x
''',
}
