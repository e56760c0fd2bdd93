# reason: timeout
"""Waits without using CPU time, which its budget is measured in."""
import time


def train_lenet(images, labels, *, seed, device):
    time.sleep(1e6)
