"""Wrong turns in training LeNet-5. A wrong answer stands here as a student would write it."""

from __future__ import annotations

import secrets

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from autograder.checks.api import Misconceptions
from autograder.training import images_for

from ..lenet_model.reference import LeNet5
from .reference import prepare, train_lenet

LENET_TRAIN = Misconceptions("lenet-train", train_lenet)
IMAGES = "Images as the network takes them"
LOOP = "The training loop"
HONEST = "What is graded"

STEPS = 160
BATCH = 64


def _trained(model: nn.Module, inputs: Tensor, labels: np.ndarray, seed: int, prepared=lambda scores: scores):
    """A plain training loop; `prepared` is what a wrong turn does to the scores before the loss."""
    torch.manual_seed(seed)
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.reset_parameters()
    targets = torch.from_numpy(labels)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(STEPS):
        batch = torch.randint(len(inputs), (BATCH,))
        loss = functional.cross_entropy(prepared(model(inputs[batch])), targets[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


@LENET_TRAIN.add("not-scaled", section=IMAGES)
def not_scaled(images, labels, *, seed, device):
    """The network was trained on values from 0 to 255; it is given values from 0 to 1."""
    return _trained(LeNet5(), prepare(images) * 255, labels, seed)


@LENET_TRAIN.add("scaled-to-minus-one", section=IMAGES)
def scaled_to_minus_one(images, labels, *, seed, device):
    """The network was trained on values from -1 to 1; it is given values from 0 to 1."""
    return _trained(LeNet5(), prepare(images) * 2 - 1, labels, seed)


@LENET_TRAIN.add("normalised-outside", section=IMAGES)
def normalised_outside(images, labels, *, seed, device):
    """The images were normalised before the network; such a step has to be a layer of the network."""
    inputs = prepare(images)
    # divided by their spread, too, the network often reads plain images well enough, and nothing is lost
    return _trained(LeNet5(), inputs - inputs.mean(), labels, seed)


@LENET_TRAIN.add("padded-on-one-side", section=IMAGES)
def padded_on_one_side(images, labels, *, seed, device):
    """The images were padded on the right and below alone; two rows and columns of zeros go on every side."""
    return _trained(LeNet5(), functional.pad(prepare(images)[..., 2:-2, 2:-2], (0, 4, 0, 4)), labels, seed)


@LENET_TRAIN.add("resized-instead-of-padded", section=IMAGES)
def resized_instead_of_padded(images, labels, *, seed, device):
    """The images were enlarged to 32x32; they should be padded, so that the strokes keep their size."""
    inputs = functional.interpolate(prepare(images)[..., 2:-2, 2:-2], (32, 32), mode="bilinear", antialias=True)
    return _trained(LeNet5(), inputs, labels, seed)


class _Ending(nn.Module):
    """LeNet-5 with something after its logits."""

    def __init__(self, last):
        super().__init__()
        self.network, self.last = LeNet5(), last

    def forward(self, x):
        return self.last(self.network(x))


@LENET_TRAIN.add("softmax-in-the-network", section=LOOP)
def softmax_in_the_network(images, labels, *, seed, device):
    """The network ends in a softmax; it should return logits, and the loss takes the softmax itself."""
    return _trained(_Ending(nn.Softmax(dim=1)), prepare(images), labels, seed)


@LENET_TRAIN.add("relu-on-the-logits", section=LOOP)
def relu_on_the_logits(images, labels, *, seed, device):
    """A ReLU stands after the last layer; logits may be negative, and where all are cut off nothing is learned."""
    return _trained(_Ending(nn.ReLU()), prepare(images), labels, seed)


@LENET_TRAIN.add("never-trained", section=LOOP, price="nothing was learned")
def never_trained(images, labels, *, seed, device):
    """The network answers as one that was not trained, or far too little: does the loss fall, and is it the trained one
    that comes back?"""
    trained = _trained(LeNet5(), prepare(images), labels, seed)
    return type(trained)()


@LENET_TRAIN.add("constant-answer", section=LOOP, price="nothing was learned")
def constant_answer(images, labels, *, seed, device):
    """The network gives the same answer for every image: does the loss fall, and are the labels those of the images?"""
    return _trained(LeNet5(), prepare(images), np.full_like(labels, 3), seed)


@LENET_TRAIN.add("labels-ignored", section=HONEST, price="nothing was learned from what was given")
def labels_ignored(images, labels, *, seed, device):
    """Trained on labels that were permuted, the network still knows the true ones: it did not learn from the images and
    labels that it was given. Does it use its arguments, and not the notebook's arrays?"""
    own = images_for()
    return train_lenet(own.train_images, own.train_labels, seed=seed, device=device)


class _Standardised(nn.Module):
    """LeNet-5 behind a normalisation with the batch's own mean and spread."""

    def __init__(self):
        super().__init__()
        self.network = LeNet5()

    def forward(self, x):
        return self.network((x - x.mean()) / (x.std() + 1e-3))


@LENET_TRAIN.add("depends-on-the-batch", section=IMAGES)
def depends_on_the_batch(images, labels, *, seed, device):
    """What the network says of an image depends on the other images of the batch: mean and spread of test images were
    used, or batch normalisation keeps none of its own."""
    return _trained(_Standardised(), prepare(images), labels, seed)


@LENET_TRAIN.add("seed-ignored", section=LOOP)
def seed_ignored(images, labels, *, seed, device):
    """Two trainings with the same seed gave different networks: first weights and order of images follow from it."""
    return train_lenet(images, labels, seed=secrets.randbelow(1 << 31), device=device)


class _Wide(LeNet5):
    """LeNet-5 with more neurons before its output."""

    def __init__(self):
        super().__init__()
        self.f6, self.output = nn.Linear(120, 128), nn.Linear(128, 10)


@LENET_TRAIN.add("another-network", section=HONEST)
def another_network(images, labels, *, seed, device):
    """The network has another number of parameters than LeNet-5's 61,706."""
    return _trained(_Wide(), prepare(images), labels, seed)
