"""Wrong turns in a classifier of one's own. A wrong answer stands here as a student would write it."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from autograder.checks.api import Misconceptions
from autograder.training import images_for

from .reference import Classifier, ConvNet, prepare, train_classifier

MNIST_CHALLENGE = Misconceptions("mnist-challenge", train_classifier)
OWN = "A network of your own"
HONEST = "What is graded"

# So many that what goes wrong after the training is not paid for twice, by a network that has learned too little.
STEPS = 300
BATCH = 64


class _Wrong(Classifier):
    """A classifier for wrong turns in `predict`, trained by a plain loop."""

    prepared = staticmethod(prepare)

    @classmethod
    def of(cls, images, labels, seed, device):
        torch.manual_seed(seed)
        network = ConvNet().to(device)
        optimizer = torch.optim.Adam(network.parameters(), lr=5e-3)
        for _ in range(STEPS):
            batch = torch.randint(len(images), (BATCH,)).numpy()
            scores = network(cls.prepared(images[batch]).to(device))
            loss = functional.cross_entropy(scores, torch.from_numpy(labels[batch]).to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return cls(network.eval(), device)

    def scores(self, inputs):
        with torch.no_grad():
            return torch.cat([self.network(part.to(self.device)) for part in inputs.split(500)]).cpu()


class _Plain(_Wrong):
    def predict(self, images):
        return self.scores(prepare(images)).argmax(dim=1).numpy()


class _NotScaled(_Wrong):
    def predict(self, images):
        return self.scores(torch.from_numpy(images).float().unsqueeze(1)).argmax(dim=1).numpy()


@MNIST_CHALLENGE.add(
    "predict-not-scaled", section=OWN, price="labels are all that is asked for, and too few are right for any tier",
)
def predict_not_scaled(images, labels, *, seed, device):
    """`predict` does not scale the images as the training does; it gets raw ones, with values from 0 to 255."""
    return _NotScaled.of(images, labels, seed, device)


class _Scores(_Wrong):
    def predict(self, images):
        return self.scores(prepare(images)).softmax(dim=1).numpy()


@MNIST_CHALLENGE.add("scores-not-labels", section=OWN, price="labels are all that is asked for, and none come back")
def scores_not_labels(images, labels, *, seed, device):
    """`predict` gives a row of scores for each image; a label is asked for, the class with the highest score."""
    return _Scores.of(images, labels, seed, device)


class _Training(_Wrong):
    def predict(self, images):
        self.network.train()
        for layer in self.network.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.eval()
        return self.scores(prepare(images)).argmax(dim=1).numpy()


@MNIST_CHALLENGE.add("answers-vary", section=OWN)
def answers_vary(images, labels, *, seed, device):
    """Asked twice about the same images, `predict` gives different answers: dropout is still at work."""
    classifier = _Training.of(images, labels, seed, device)
    classifier.network.head[1] = nn.Dropout(0.8)
    return classifier


class _OwnSpread(_Wrong):
    """Normalised by the mean and the spread of whatever images come together."""

    @staticmethod
    def prepared(images):
        inputs = prepare(images)
        return (inputs - inputs.mean()) / (inputs.std() + 1e-3)

    def predict(self, images):
        return self.scores(self.prepared(images)).argmax(dim=1).numpy()


@MNIST_CHALLENGE.add("depends-on-the-batch", section=OWN)
def depends_on_the_batch(images, labels, *, seed, device):
    """What `predict` says of an image depends on the other images of the batch: their mean and spread are used, before
    the network or by batch normalisation that is still in training mode."""
    return _OwnSpread.of(images, labels, seed, device)


@MNIST_CHALLENGE.add("constant-answer", section=OWN, price="nothing was learned")
def constant_answer(images, labels, *, seed, device):
    """`predict` gives the same answer for every image: does the loss fall, and are the labels those of the images?"""
    return _Plain.of(images, np.full_like(labels, labels[0]), seed, device)


@MNIST_CHALLENGE.add("labels-ignored", section=HONEST, price="nothing was learned from what was given")
def labels_ignored(images, labels, *, seed, device):
    """Trained on labels that were permuted, the network still knows the true ones: it did not learn from the images and
    labels that it was given. Does it use its arguments, and not the notebook's arrays?"""
    own = images_for()
    return train_classifier(own.train_images, own.train_labels, seed=seed, device=device)
