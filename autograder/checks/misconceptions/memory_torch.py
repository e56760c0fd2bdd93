"""Wrong turns in assignment 03's PyTorch tasks. A wrong answer stands here as a student would write it."""

from __future__ import annotations

import copy

import torch
from torch.utils.checkpoint import checkpoint

from ..diagnosis import Misconceptions
from ..reference import memory_torch as right
from .runs import notebook, on


def _parts(inputs, targets, micro_batch):
    for start in range(0, len(inputs), micro_batch):
        yield inputs[start : start + micro_batch], targets[start : start + micro_batch]


# --- gradient-accumulation ---------------------------------------------------------------------------------------

ACCUMULATION = Misconceptions(
    "gradient-accumulation", right.accumulation, student=notebook("accumulate_gradients")
)
ACCUMULATING = "Gradient accumulation"


@ACCUMULATION.add("gradients-not-zeroed", section=ACCUMULATING)
@on(right.accumulation)
def gradients_not_zeroed(model, loss_fn, inputs, targets, micro_batch):
    """The gradients that lay there before the call were added to; they are to be zeroed first."""
    total = 0.0
    for x, y in _parts(inputs, targets, micro_batch):
        loss = loss_fn(model(x), y) * len(x) / len(inputs)
        loss.backward()
        total += loss.item()
    return total


@ACCUMULATION.add("zeroed-for-every-micro-batch", section=ACCUMULATING)
@on(right.accumulation)
def zeroed_for_every_micro_batch(model, loss_fn, inputs, targets, micro_batch):
    """The gradients were zeroed for every micro batch, so that only the last one's are left."""
    total = 0.0
    for x, y in _parts(inputs, targets, micro_batch):
        model.zero_grad()
        loss = loss_fn(model(x), y) * len(x) / len(inputs)
        loss.backward()
        total += loss.item()
    return total


@ACCUMULATION.add("means-added-up", section=ACCUMULATING)
@on(right.accumulation)
def means_added_up(model, loss_fn, inputs, targets, micro_batch):
    """The micro batches' means were added up as they are; each counts only by its share of the batch."""
    model.zero_grad()
    total = 0.0
    for x, y in _parts(inputs, targets, micro_batch):
        loss = loss_fn(model(x), y)
        loss.backward()
        total += loss.item()
    return total


@ACCUMULATION.add("equal-shares", section=ACCUMULATING)
@on(right.accumulation)
def equal_shares(model, loss_fn, inputs, targets, micro_batch):
    """Every micro batch got the same share; a last one that is smaller has a smaller share."""
    model.zero_grad()
    parts = list(_parts(inputs, targets, micro_batch))
    total = 0.0
    for x, y in parts:
        loss = loss_fn(model(x), y) / len(parts)
        loss.backward()
        total += loss.item()
    return total


@ACCUMULATION.add("share-of-a-full-micro-batch", section=ACCUMULATING)
@on(right.accumulation)
def share_of_a_full_micro_batch(model, loss_fn, inputs, targets, micro_batch):
    """The last micro batch got the share of a full one, although it is smaller."""
    model.zero_grad()
    total = 0.0
    for x, y in _parts(inputs, targets, micro_batch):
        loss = loss_fn(model(x), y) * micro_batch / len(inputs)
        loss.backward()
        total += loss.item()
    return total


@ACCUMULATION.add("last-micro-batch-dropped", section=ACCUMULATING)
@on(right.accumulation)
def last_micro_batch_dropped(model, loss_fn, inputs, targets, micro_batch):
    """The samples that do not fill a micro batch were left out; they belong to the batch."""
    model.zero_grad()
    total = 0.0
    for number in range(len(inputs) // micro_batch):
        part = slice(number * micro_batch, (number + 1) * micro_batch)
        loss = loss_fn(model(inputs[part]), targets[part]) * micro_batch / len(inputs)
        loss.backward()
        total += loss.item()
    return total


@ACCUMULATION.add("last-loss-returned", section=ACCUMULATING)
@on(right.accumulation)
def last_loss_returned(model, loss_fn, inputs, targets, micro_batch):
    """The loss of the last micro batch was returned; the whole batch's is asked for."""
    right.accumulate_gradients(model, loss_fn, inputs, targets, micro_batch)
    *_, (x, y) = _parts(inputs, targets, micro_batch)
    with torch.no_grad():
        return loss_fn(model(x), y).item()


@ACCUMULATION.add("loss-as-a-tensor", section=ACCUMULATING)
@on(right.accumulation)
def loss_as_a_tensor(model, loss_fn, inputs, targets, micro_batch):
    """The loss came back as a tensor; a Python float is asked for, which holds on to nothing."""
    return torch.tensor(right.accumulate_gradients(model, loss_fn, inputs, targets, micro_batch))


# The next three leave the right gradients; what they do on the way is measured.

ACCUMULATION.add_source(
    "whole-batch-at-once", "The network saw more samples at once than a micro batch has, so no memory is saved.",
    """
def accumulate_gradients(model, loss_fn, inputs, targets, micro_batch):
    if micro_batch < 1:
        raise ValueError("micro_batch must be at least 1")
    model.zero_grad()
    loss = loss_fn(model(inputs), targets)
    loss.backward()
    return loss.item()
""", section=ACCUMULATING,
)

ACCUMULATION.add_source(
    "one-backward-at-the-end",
    "The losses were collected and sent backward at the end, so all micro batches' activations were kept.",
    """
def accumulate_gradients(model, loss_fn, inputs, targets, micro_batch):
    if micro_batch < 1:
        raise ValueError("micro_batch must be at least 1")
    model.zero_grad()
    parts = zip(inputs.split(micro_batch), targets.split(micro_batch))
    total = sum(loss_fn(model(x), y) * len(x) / len(inputs) for x, y in parts)
    total.backward()
    return total.item()
""", section=ACCUMULATING,
)

ACCUMULATION.add_source(
    "weights-updated",
    "The weights were changed; this function leaves gradients, and an optimizer takes the step later.",
    """
import torch

def accumulate_gradients(model, loss_fn, inputs, targets, micro_batch):
    if micro_batch < 1:
        raise ValueError("micro_batch must be at least 1")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    optimizer.zero_grad()
    total = 0.0
    for x, y in zip(inputs.split(micro_batch), targets.split(micro_batch)):
        loss = loss_fn(model(x), y) * len(x) / len(inputs)
        loss.backward()
        total += loss.item()
    optimizer.step()
    return total
""", section=ACCUMULATING,
)


# --- checkpointing -----------------------------------------------------------------------------------------------

CHECKPOINTING = Misconceptions("checkpointing", right.checkpointing, student=notebook("checkpointed_forward"))
RECOMPUTING = "Checkpointing"


@CHECKPOINTING.add("gradients-switched-off", section=RECOMPUTING)
@on(right.checkpointing)
def gradients_switched_off(blocks, x):
    """The output has no gradient: nothing was recorded and nothing will be computed again."""
    with torch.no_grad():
        for block in blocks:
            x = block(x)
    return x


@CHECKPOINTING.add("detached-between-blocks", section=RECOMPUTING)
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


@CHECKPOINTING.add("every-block-on-the-input", section=RECOMPUTING)
@on(right.checkpointing)
def every_block_on_the_input(blocks, x):
    """Every block was given the first input, and the last one's output returned; each follows on the one before."""
    for block in blocks:
        output = checkpoint(block, x, use_reentrant=False)
    return output


# The next three give the right output and gradients; what they keep, and when they compute again, is measured.

CHECKPOINTING.add_source(
    "nothing-checkpointed", "This is a plain forward pass: everything inside the blocks was kept.",
    """
def checkpointed_forward(blocks, x):
    for block in blocks:
        x = block(x)
    return x
""", section=RECOMPUTING,
)

CHECKPOINTING.add_source(
    "last-block-kept", "Some block was not checkpointed: what lies inside it was kept.",
    """
import torch
from torch.utils.checkpoint import checkpoint_sequential

def checkpointed_forward(blocks, x):
    blocks = list(blocks)
    return checkpoint_sequential(torch.nn.Sequential(*blocks), len(blocks), x, use_reentrant=False)
""", section=RECOMPUTING,
)

CHECKPOINTING.add_source(
    "one-checkpoint-around-everything",
    "All blocks share one checkpoint: in the backward pass all of them are computed again at once, and all is kept.",
    """
import torch
from torch.utils.checkpoint import checkpoint

def checkpointed_forward(blocks, x):
    return checkpoint(torch.nn.Sequential(*blocks), x, use_reentrant=False)
""", section=RECOMPUTING,
)


# --- mixed-precision ---------------------------------------------------------------------------------------------

MIXED_PRECISION = Misconceptions("mixed-precision", right.mixed_precision, student=notebook("autocast_forward"))
SIXTEEN = "Mixed precision"


@MIXED_PRECISION.add("parameters-converted", section=SIXTEEN)
@on(right.mixed_precision)
def parameters_converted(model, x, dtype):
    """The model's parameters were converted; they must stay float32, or small updates are rounded away."""
    return model.to(dtype)(x.to(dtype))


@MIXED_PRECISION.add("a-converted-copy", section=SIXTEEN)
@on(right.mixed_precision)
def a_converted_copy(model, x, dtype):
    """A converted copy of the model computed the output, so the model's own parameters get no gradients."""
    return copy.deepcopy(model).to(dtype)(x.to(dtype))


@MIXED_PRECISION.add("output-converted-only", section=SIXTEEN)
@on(right.mixed_precision)
def output_converted_only(model, x, dtype):
    """Only the output was converted: inside, everything was computed and kept in float32."""
    return model(x).to(dtype)


@MIXED_PRECISION.add("dtype-ignored", section=SIXTEEN)
@on(right.mixed_precision)
def dtype_ignored(model, x, dtype):
    """The dtype that was asked for is not used: the CPU's own default, bfloat16, came back."""
    with torch.autocast(x.device.type):
        return model(x)


@MIXED_PRECISION.add("not-autocast", section=SIXTEEN)
@on(right.mixed_precision)
def not_autocast(model, x, dtype):
    """The output is float32: either nothing ran in 16 bits, or the result was converted back."""
    return model(x)


MIXED_PRECISION.add_source(
    "no-gradients-recorded", "No gradient reaches the parameters: recording was switched off.",
    """
import torch

def autocast_forward(model, x, dtype):
    with torch.no_grad(), torch.autocast(x.device.type, dtype=dtype):
        return model(x)
""", section=SIXTEEN,
)
