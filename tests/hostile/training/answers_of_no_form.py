"""A network whose answers change their type and shape with every call."""
import itertools


class Odd(torch.nn.Module):
    def __init__(self):
        super().__init__()
        forms = [torch.zeros(3), torch.full((1, 10), float("nan")), torch.zeros(1, 10, dtype=torch.complex64)]
        self.forms = itertools.cycle(forms)

    def forward(self, x):
        return next(self.forms)


def train_lenet(images, labels, *, seed, device):
    return Odd()
