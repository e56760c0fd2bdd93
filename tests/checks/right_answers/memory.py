"""Right answers of assignment 03 in other ways."""

LAYER_CLASSES = """
from collections import namedtuple
Conv = namedtuple("Conv", "name filters kernel_size stride padding groups", defaults=(1, 0, 1))
Pool = namedtuple("Pool", "name size stride")
Dense = namedtuple("Dense", "name units")
LayerSummary = namedtuple("LayerSummary", "name output_shape parameters multiply_adds")
"""
WALK = LAYER_CLASSES + '''
from math import prod

def summarize(layers, input_shape):
    """Recursive: the first layer, then the rest on its output."""
    if not layers:
        return []
    first, *rest = layers
    if isinstance(first, Dense):
        seen = prod(input_shape)
        row = LayerSummary(first.name, (first.units,), (seen + 1) * first.units, seen * first.units)
        return [row, *summarize(rest, row.output_shape)]
    h, w, c = input_shape
    k, p = (first.kernel_size, first.padding) if isinstance(first, Conv) else (first.size, 0)
    s = first.stride
    hs, ws = range(-p, h + p - k + 1, s), range(-p, w + p - k + 1, s)
    if not hs or not ws:
        raise ValueError("kernel_size is too large" if isinstance(first, Conv) else "size is too large")
    if isinstance(first, Pool):
        row = LayerSummary(first.name, [len(hs), len(ws), c], 0, 0)
    else:
        if c % first.groups or first.filters % first.groups:
            raise ValueError("groups")
        per_filter = k * k * (c // first.groups)
        row = LayerSummary(first.name, [len(hs), len(ws), first.filters], (per_filter + 1) * first.filters,
                           len(hs) * len(ws) * per_filter * first.filters)
    return [row, *summarize(rest, tuple(row.output_shape))]
'''
BUILT = LAYER_CLASSES + '''
import numpy as np

def summarize(layers, input_shape):
    """Sizes by NumPy integers, and the layers' kinds by their fields."""
    shape, rows = np.array(input_shape), []
    for layer in layers:
        if hasattr(layer, "units"):
            weights = int(shape.prod()) * layer.units
            rows.append(LayerSummary(layer.name, (np.int64(layer.units),), weights + layer.units, np.int64(weights)))
            shape = np.array([layer.units])
            continue
        conv = hasattr(layer, "filters")
        window, padding = (layer.kernel_size, layer.padding) if conv else (layer.size, 0)
        room = shape[:2] + 2 * padding - window
        if (room < 0).any():
            raise ValueError("kernel_size" if conv else "size")
        sides, weights = room // layer.stride + 1, 0
        if conv:
            if shape[2] % layer.groups or layer.filters % layer.groups:
                raise ValueError("groups do not divide")
            weights = layer.filters * window * window * shape[2] // layer.groups
        channels = layer.filters if conv else shape[2]
        parameters = weights + (channels if conv else 0)
        rows.append(LayerSummary(layer.name, (*sides, channels), parameters, weights * sides.prod()))
        shape = np.array([*sides, channels])
    return rows
'''

ANSWERS = {
    "layer-summary": {"recursive": WALK, "numpy": BUILT},
    "gradient-accumulation": {
        "sums-of-losses": '''
import torch
def accumulate_gradients(model, loss_fn, inputs, targets, micro_batch):
    """Sums of losses per micro batch, divided by the batch's size at the end."""
    if micro_batch < 1:
        raise ValueError("micro_batch")
    for p in model.parameters():
        p.grad = None
    n, total = inputs.shape[0], 0.0
    for i in range(0, n, micro_batch):
        x, y = inputs[i:i + micro_batch], targets[i:i + micro_batch]
        loss = loss_fn(model(x), y) * x.shape[0]
        loss.backward()
        total += float(loss.detach())
    for p in model.parameters():
        if p.grad is not None:
            p.grad /= n
    return total / n
''',
        "by-hand": '''
import numpy as np
import torch
def accumulate_gradients(model, loss_fn, inputs, targets, micro_batch):
    """By torch.autograd.grad, the gradients collected by hand."""
    if micro_batch <= 0:
        raise ValueError(f"micro_batch = {micro_batch}")
    trained = [p for p in model.parameters() if p.requires_grad]
    sums, losses = [torch.zeros_like(p) for p in trained], []
    for x, y in zip(torch.split(inputs, micro_batch), torch.split(targets, micro_batch)):
        loss = loss_fn(model(x), y)
        share = len(x) / len(inputs)
        losses.append(share * loss.item())
        for s, g in zip(sums, torch.autograd.grad(loss, trained)):
            s += share * g
    for p, s in zip(trained, sums):
        p.grad = s
    return np.float64(sum(losses))
''',
    },
    "checkpointing": {
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
    },
    "mixed-precision": {
        "decorator": '''
import torch
def autocast_forward(model, x, dtype):
    """autocast as a decorator."""
    return torch.autocast(device_type=x.device.type, dtype=dtype)(model)(x)
''',
        "functional-call": '''
import torch
def autocast_forward(model, x, dtype):
    """By hand: the model is called with converted copies of its parameters, through which gradients flow back."""
    converted = {name: p.to(dtype) for name, p in model.named_parameters()}
    return torch.func.functional_call(model, converted, (x.to(dtype),))
''',
    },
}

# The layers' defaults: the checks hand over layers whose every option is written out.
EQUIVALENT = {
    "layer-summary": {
        f"summary_column > ConvLayer: {change}": "every option is given"
        for change in ("1 -> 2", "0 -> 1", "1 -> 2 (2)")
    }
}
