"""Gives the same answer for every image."""
class Constant(torch.nn.Module):
    def forward(self, x):
        return torch.arange(10.0).repeat(len(x), 1) - 4


def train_lenet(images, labels, *, seed, device):
    return Constant()
