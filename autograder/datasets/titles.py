"""What people call the data sets."""

from __future__ import annotations

TITLES = {
    "mnist": "MNIST",
    "digits": "the 1,797 digits of scikit-learn",
    "cifar10": "the CIFAR-10 pictures (as JPEG)",
}
