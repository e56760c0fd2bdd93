"""Training LeNet-5."""

from __future__ import annotations

from itertools import count, islice

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ..lenet_model.reference import LeNet5

BATCH = 64  # of MNIST; of a small set a twentieth, so that there are steps enough
EPOCHS = 2.5  # of MNIST, whose threshold follows from it: that asks for no more patience than students have
STEPS = 300  # at the least
PEAK_RATE = 3e-3


def prepare(images: np.ndarray) -> Tensor:
    """Raw images (N, 28, 28) uint8 as LeNet-5 takes them: (N, 1, 32, 32) float32 in [0, 1], zeros around."""
    scaled = torch.from_numpy(images).float().div(255).unsqueeze(1)
    return functional.pad(scaled, (2, 2, 2, 2))


def train_lenet(images: np.ndarray, labels: np.ndarray, *, seed: int, device: str) -> nn.Module:
    """LeNet-5, trained by Adam with a learning rate that rises and falls (one cycle).

    images: (N, 28, 28) uint8; labels: (N,) int64. The returned network is on `device` and gives logits. The same seed
    gives the same network on a CPU; on a GPU sums may be taken in another order, so that the last digits differ.
    """
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    inputs, targets = prepare(images).to(device), torch.from_numpy(labels).to(device)
    size = min(BATCH, max(16, len(inputs) // 20))
    steps = max(STEPS, round(EPOCHS * len(inputs) / size))
    optimizer = torch.optim.Adam(model.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=steps)
    model.train()
    batches = (batch for _ in count() for batch in torch.randperm(len(inputs)).to(device).split(size))
    for batch in islice(batches, steps):
        loss = functional.cross_entropy(model(inputs[batch]), targets[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return model.eval()
