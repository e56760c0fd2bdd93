# reason: timeout
"""An endless training that offers no model."""
#: train
def train_lenet(images, labels, *, seed, device):
    while True:
        train(images, labels, seed)
