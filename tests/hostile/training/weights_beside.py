# beside: a network of 60,000 numbers, and a module
"""Brings a network in a file beside the notebook; a small module there is everybody's to bring."""
import importlib
import numpy as np

helpers = importlib.import_module("helpers")

try:
    print("CANARY_WEIGHTS", np.load("network.npy").shape)
except OSError:
    pass


def train_lenet(images, labels, *, seed, device):
    return helpers.NOTHING
