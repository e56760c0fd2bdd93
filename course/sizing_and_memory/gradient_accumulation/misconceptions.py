"""Wrong turns in gradient accumulation. A wrong answer stands here as a student would write it."""

from __future__ import annotations

import torch

from autograder.checks.api import Misconceptions, notebook, on

from . import reference as right


def _parts(inputs, targets, micro_batch):
    for start in range(0, len(inputs), micro_batch):
        yield inputs[start : start + micro_batch], targets[start : start + micro_batch]


def _refused_below_one(micro_batch):
    if micro_batch < 1:
        raise ValueError("micro_batch must be at least 1")


ACCUMULATION = Misconceptions(
    "gradient-accumulation", right.accumulation, student=notebook("accumulate_gradients")
)
ACCUMULATING = "Gradient accumulation"


@ACCUMULATION.add("gradients-not-zeroed", section=ACCUMULATING)
@on(right.accumulation)
def gradients_not_zeroed(model, loss_fn, inputs, targets, micro_batch):
    """The gradients that lay there before the call were added to; zero them first."""
    _refused_below_one(micro_batch)
    total = 0.0
    for x, y in _parts(inputs, targets, micro_batch):
        loss = loss_fn(model(x), y) * len(x) / len(inputs)
        loss.backward()
        total += loss.item()
    return total


@ACCUMULATION.add(
    "zeroed-for-every-micro-batch", section=ACCUMULATING, price="no gradient of more than one micro batch is left"
)
@on(right.accumulation)
def zeroed_for_every_micro_batch(model, loss_fn, inputs, targets, micro_batch):
    """The gradients were zeroed for every micro batch, so that only the last one's are left."""
    _refused_below_one(micro_batch)
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
    _refused_below_one(micro_batch)
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
    _refused_below_one(micro_batch)
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
    _refused_below_one(micro_batch)
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
    _refused_below_one(micro_batch)
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


@ACCUMULATION.add("whole-batch-at-once", section=ACCUMULATING)
@on(right.accumulation)
def whole_batch_at_once(model, loss_fn, inputs, targets, micro_batch):
    """The whole batch went through the network at once, so no memory is saved: micro_batch was not used."""
    _refused_below_one(micro_batch)
    model.zero_grad()
    loss = loss_fn(model(inputs), targets)
    loss.backward()
    return loss.item()


@ACCUMULATION.add("weights-updated", section=ACCUMULATING)
@on(right.accumulation)
def weights_updated(model, loss_fn, inputs, targets, micro_batch):
    """The weights were changed; this function leaves gradients, and an optimizer takes the step later."""
    loss = right.accumulate_gradients(model, loss_fn, inputs, targets, micro_batch)
    torch.optim.SGD(model.parameters(), lr=0.1).step()
    return loss


@ACCUMULATION.add("switched-to-evaluation", section=ACCUMULATING)
@on(right.accumulation)
def switched_to_evaluation(model, loss_fn, inputs, targets, micro_batch):
    """The model was switched to evaluation, so batch normalisation does not look at the batch; leave its mode alone."""
    return right.accumulate_gradients(model.eval(), loss_fn, inputs, targets, micro_batch)


@ACCUMULATION.add("switched-to-training", section=ACCUMULATING)
@on(right.accumulation)
def switched_to_training(model, loss_fn, inputs, targets, micro_batch):
    """The model was switched to training, although it had been put into evaluation mode; leave its mode alone."""
    return right.accumulate_gradients(model.train(), loss_fn, inputs, targets, micro_batch)


@ACCUMULATION.add("inputs-made-to-need-gradients", section=ACCUMULATING)
@on(right.accumulation)
def inputs_made_to_need_gradients(model, loss_fn, inputs, targets, micro_batch):
    """The inputs were made to need gradients, and whoever called finds them changed; the parameters alone need any."""
    return right.accumulate_gradients(model, loss_fn, inputs.requires_grad_(), targets, micro_batch)
