"""Training an AlexNet for small pictures."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

BATCH = 64
EPOCHS = 14
STEPS = 160  # at the least; a small set is gone through more often
PEAK_RATE = 4e-3
SHIFT = 2  # pixels
MANY = 5000  # images from which on a wider network is trained, without a stride
WIDE, NARROW = (64, 128, 192, 192, 128), (16, 24, 32, 32, 24)


class SmallAlexNet(nn.Module):
    """AlexNet's outline for small pictures, (N, 3, height, width) in [0, 1] to logits (N, num_classes).

    Five convolutions, overlapping poolings, three dense layers, dropout before the first two of them. widths: the maps
    of the convolutions. stride: of the first one; with 1 there is a pooling after the second convolution too.
    """

    def __init__(self, num_classes: int, height: int, width: int, widths: tuple[int, ...], stride: int) -> None:
        super().__init__()
        first, second, third, fourth, fifth = widths
        self.features = nn.Sequential(
            nn.Conv2d(3, first, 5, stride=stride, padding=2), nn.ReLU(), nn.MaxPool2d(3, stride=2),
            nn.Conv2d(first, second, 3, padding=1), nn.ReLU(),
            nn.MaxPool2d(3, stride=2) if stride == 1 else nn.Identity(),
            nn.Conv2d(second, third, 3, padding=1), nn.ReLU(),
            nn.Conv2d(third, fourth, 3, padding=1), nn.ReLU(),
            nn.Conv2d(fourth, fifth, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, stride=2),
            nn.Flatten(),
        )
        found = self.features(torch.zeros(1, 3, height, width)).shape[1]
        units = 8 * fifth
        self.classifier = nn.Sequential(
            nn.Dropout(0.5), nn.Linear(found, units), nn.ReLU(),
            nn.Dropout(0.5), nn.Linear(units, units), nn.ReLU(),
            nn.Linear(units, num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features((x - 0.5) / 0.25))


def train_alexnet(images: np.ndarray, labels: np.ndarray, *, num_classes: int, seed: int, device: str) -> nn.Module:
    """A small AlexNet, trained by Adam on shifted images with a learning rate that rises and falls (one cycle).

    images: (N, height, width, 3) uint8; labels: (N,) int64. Images in colour are mirrored too, grey ones, which may be
    digits, are not. The returned network is on `device` and gives logits. The same seed gives the same network on a
    CPU; on a GPU sums may be taken in another order, so that the last digits differ.
    """
    torch.manual_seed(seed)
    widths, stride = (WIDE, 1) if len(images) > MANY else (NARROW, 2)
    model = SmallAlexNet(num_classes, *images.shape[1:3], widths, stride).to(device).train()
    in_colour = bool((images != images[..., :1]).any())
    inputs, targets = torch.from_numpy(images).to(device), torch.from_numpy(labels).to(device)
    batches = -(-len(images) // BATCH)
    epochs = max(EPOCHS, -(-STEPS // batches))
    optimizer = torch.optim.Adam(model.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=epochs * batches)
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).to(device).split(BATCH):
            x = shifted(inputs[batch], mirror=in_colour).permute(0, 3, 1, 2).float() / 255
            loss = functional.cross_entropy(model(x), targets[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return model.eval()


def shifted(images: Tensor, mirror: bool) -> Tensor:
    """Every image (N, height, width, C) shifted by up to SHIFT pixels, its border repeated; half of them mirrored."""
    count, height, width, _ = images.shape
    tops, lefts = torch.randint(-SHIFT, SHIFT + 1, (2, count, 1))
    rows = (torch.arange(height) + tops).clamp(0, height - 1)
    columns = (torch.arange(width) + lefts).clamp(0, width - 1)
    if mirror:
        columns = torch.where(torch.rand(count, 1) < 0.5, columns.flip(1), columns)
    everyone = torch.arange(count)[:, None, None]
    return images[everyone, rows[:, :, None], columns[:, None, :]]
