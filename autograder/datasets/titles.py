"""What people call the data sets."""

from __future__ import annotations

from autograder.language import sentences_of

_ = sentences_of(__package__)

TITLES = {
    "mnist": "MNIST",
    "digits": _("the 1,797 digits of scikit-learn"),
    "cifar10": _("the CIFAR-10 pictures (as JPEG)"),
}
