"""Wrong turns in training a small AlexNet. A wrong answer stands here as a student would write it."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from autograder.checks.api import Misconceptions
from autograder.training import images_for
from autograder.training.data import in_colour

from .reference import train_alexnet

ALEXNET_TRAIN = Misconceptions("alexnet-train", train_alexnet)
TRAINING = "Training a small AlexNet"

STEPS, BATCH = 260, 48


def scaled(images: np.ndarray) -> Tensor:
    """Raw images as the network is given them: (N, 3, height, width) in [0, 1]."""
    return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255


class Plain(nn.Module):
    """Two convolutions, two dense layers, and something after the logits: what goes wrong below does so in any network,
    and this one reaches the threshold in two seconds, so that it costs what it costs and no more."""

    def __init__(self, num_classes: int, inputs: Tensor, last: nn.Module | None = None) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 12, 5, stride=2, padding=2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(12, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        )
        found = self.features(torch.zeros_like(inputs[:1])).shape[1]
        self.classifier = nn.Sequential(nn.Linear(found, 64), nn.ReLU(), nn.Linear(64, num_classes))
        self.last = last or nn.Identity()

    def forward(self, x):
        return self.last(self.classifier(self.features(x)))


def trained(model: nn.Module, inputs: Tensor, labels: np.ndarray, seed: int, rate: float = 4e-3) -> nn.Module:
    """A plain training loop. The first weights follow from the seed too."""
    torch.manual_seed(seed)
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.reset_parameters()
    targets, optimizer = torch.from_numpy(labels), torch.optim.Adam(model.parameters(), lr=rate)
    for _ in range(STEPS):
        batch = torch.randint(len(inputs), (BATCH,))
        loss = functional.cross_entropy(model(inputs[batch]), targets[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


def on_other_numbers(change: Callable[[Tensor], Tensor]) -> Callable[..., nn.Module]:
    """Training on images that are changed before they reach the network."""

    def train(images, labels, num_classes, seed):
        inputs = change(scaled(images))
        return trained(Plain(num_classes, inputs), inputs, labels, seed)

    return train


@ALEXNET_TRAIN.add("not-scaled", section=TRAINING)
def not_scaled(images, labels, *, num_classes, seed, device):
    """The network was trained on values from 0 to 255; it is given values from 0 to 1."""
    return on_other_numbers(lambda x: 255 * x)(images, labels, num_classes, seed)


@ALEXNET_TRAIN.add("scaled-to-minus-one", section=TRAINING)
def scaled_to_minus_one(images, labels, *, num_classes, seed, device):
    """The network was trained on values from -1 to 1; it is given values from 0 to 1."""
    return on_other_numbers(lambda x: 2 * x - 1)(images, labels, num_classes, seed)


@ALEXNET_TRAIN.add("normalised-outside", section=TRAINING)
def normalised_outside(images, labels, *, num_classes, seed, device):
    """Mean and spread were taken out of the images before the network; such a step has to be a layer of the network."""
    # by half the spread, for by a whole one the network often reads plain images well enough, and nothing is lost
    change = on_other_numbers(lambda x: (x - x.mean()) / (x.std() / 2))
    return change(images, labels, num_classes, seed)


@ALEXNET_TRAIN.add("reshaped-not-permuted", section=TRAINING)
def reshaped_not_permuted(images, labels, *, num_classes, seed, device):
    """The images were reshaped to (N, 3, height, width), by `view` or `reshape`, which tears rows and colours apart;
    `permute(0, 3, 1, 2)` moves the channels and leaves the picture whole."""
    return on_other_numbers(lambda x: x.permute(0, 2, 3, 1).reshape(x.shape))(images, labels, num_classes, seed)


@ALEXNET_TRAIN.add(
    "softmax-in-the-network", section=TRAINING,
    price="the loss is flat then: after the others' number of steps it reads 85 %, and misses the accuracy as well",
)
def softmax_in_the_network(images, labels, *, num_classes, seed, device):
    """The network ends in a softmax; it should return logits, and the loss takes the softmax itself."""
    inputs = scaled(images)
    return trained(Plain(num_classes, inputs, nn.Softmax(dim=1)), inputs, labels, seed)


@ALEXNET_TRAIN.add(
    "relu-on-the-logits", section=TRAINING, price="a logit that is cut off learns nothing, so the accuracy is missed",
)
def relu_on_the_logits(images, labels, *, num_classes, seed, device):
    """A ReLU stands after the last layer; logits may be negative, and where all are cut off nothing is learned."""
    inputs = scaled(images)
    return trained(Plain(num_classes, inputs, nn.ReLU()), inputs, labels, seed)


@ALEXNET_TRAIN.add("never-trained", section=TRAINING, price="nothing was learned")
def never_trained(images, labels, *, num_classes, seed, device):
    """The network answers as one that was not trained, or far too little: does the loss fall, or is the rate too high
    or too low for that, and is it the trained one that comes back?"""
    torch.manual_seed(seed)
    return Plain(num_classes, scaled(images[:1]))


@ALEXNET_TRAIN.add("constant-answer", section=TRAINING, price="nothing was learned")
def constant_answer(images, labels, *, num_classes, seed, device):
    """The network gives the same answer for every image: does the loss fall, and are the labels those of the images?"""
    inputs = scaled(images[:500])
    return trained(Plain(num_classes, inputs), inputs, np.full(500, 3), seed)


@ALEXNET_TRAIN.add("labels-ignored", section=TRAINING, price="nothing was learned from what was given")
def labels_ignored(images, labels, *, num_classes, seed, device):
    """Trained on labels that were permuted, the network still knows the true ones: it did not learn from the images and
    labels that it was given. Does it use its arguments, and not the notebook's arrays?"""
    own = images_for("digits")
    inputs = scaled(in_colour(own.train_images))
    return trained(Plain(num_classes, inputs), inputs, own.train_labels, seed)


class Standardised(Plain):
    """The network behind a normalisation with the batch's own mean and spread."""

    def forward(self, x):
        return super().forward((x - x.mean()) / (x.std() + 1e-3))


@ALEXNET_TRAIN.add("depends-on-the-batch", section=TRAINING)
def depends_on_the_batch(images, labels, *, num_classes, seed, device):
    """What the network says of an image depends on the other images of the batch: mean and spread of test images were
    used, or batch normalisation keeps none of its own."""
    inputs = scaled(images)
    return trained(Standardised(num_classes, inputs), inputs, labels, seed)


class Dropping(Plain):
    """The network with dropout by the function, whose argument `training` is true where nothing is said."""

    def forward(self, x):
        return self.classifier(functional.dropout(self.features(x), 0.1))


@ALEXNET_TRAIN.add("answers-vary", section=TRAINING)
def answers_vary(images, labels, *, num_classes, seed, device):
    """Asked twice about the same images, the network gives different answers: dropout goes on at inference."""
    inputs = scaled(images)
    return trained(Dropping(num_classes, inputs), inputs, labels, seed)


@ALEXNET_TRAIN.add("seed-ignored", section=TRAINING)
def seed_ignored(images, labels, *, num_classes, seed, device):
    """Two trainings with the same seed gave different networks: first weights and order of images follow from it."""
    inputs = scaled(images)
    return trained(Plain(num_classes, inputs), inputs, labels, secrets.randbelow(1 << 31))
