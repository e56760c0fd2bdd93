"""Right answers of gradient-accumulation in other ways."""

ANSWERS = {
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
    "data-loader": '''
from torch.utils.data import DataLoader, TensorDataset
def accumulate_gradients(model, loss_fn, inputs, targets, micro_batch):
    """PyTorch's own loader makes the micro batches; gradients that are there are zeroed in place."""
    if not micro_batch >= 1:
        raise ValueError("micro_batch")
    for p in model.parameters():
        if p.grad is not None:
            p.grad.zero_()
    running = 0.0
    for x, y in DataLoader(TensorDataset(inputs, targets), batch_size=int(micro_batch)):
        loss = loss_fn(model(x), y) * (x.shape[0] / inputs.shape[0])
        loss.backward()
        running += loss.item()
    return running
''',
}

WRONG = {
    "one-backward-at-the-end": '''
import torch
def accumulate_gradients(model, loss_fn, inputs, targets, micro_batch):
    if micro_batch < 1:
        raise ValueError("micro_batch must be at least 1")
    model.zero_grad()
    parts = zip(inputs.split(micro_batch), targets.split(micro_batch))
    total = sum(loss_fn(model(x), y) * len(x) / len(inputs) for x, y in parts)
    total.backward()
    return total.item()
''',
    "losses-kept-with-their-graphs": '''
import torch
def accumulate_gradients(model, loss_fn, inputs, targets, micro_batch):
    if micro_batch < 1:
        raise ValueError("micro_batch must be at least 1")
    model.zero_grad()
    losses = []
    for x, y in zip(inputs.split(micro_batch), targets.split(micro_batch)):
        loss = loss_fn(model(x), y) * len(x) / len(inputs)
        loss.backward(retain_graph=True)
        losses.append(loss)
    return sum(losses).item()
''',
    "number-of-micro-batches": '''
import torch
def accumulate_gradients(model, loss_fn, inputs, targets, micro_batch):
    """micro_batch taken for how many micro batches there are."""
    if micro_batch < 1:
        raise ValueError("micro_batch must be at least 1")
    model.zero_grad()
    total = 0.0
    for x, y in zip(inputs.chunk(micro_batch), targets.chunk(micro_batch)):
        loss = loss_fn(model(x), y) * len(x) / len(inputs)
        loss.backward()
        total += loss.item()
    return total
''',
    "targets-of-the-first": '''
import torch
def accumulate_gradients(model, loss_fn, inputs, targets, micro_batch):
    if micro_batch < 1:
        raise ValueError("micro_batch must be at least 1")
    model.zero_grad()
    total = 0.0
    for x in inputs.split(micro_batch):
        loss = loss_fn(model(x), targets[:len(x)]) * len(x) / len(inputs)
        loss.backward()
        total += loss.item()
    return total
''',
    "divided-by-the-batch-twice": '''
import torch
def accumulate_gradients(model, loss_fn, inputs, targets, micro_batch):
    if micro_batch < 1:
        raise ValueError("micro_batch must be at least 1")
    model.zero_grad()
    total = 0.0
    for x, y in zip(inputs.split(micro_batch), targets.split(micro_batch)):
        loss = loss_fn(model(x), y) / len(inputs)
        loss.backward()
        total += loss.item()
    return total
''',
}
