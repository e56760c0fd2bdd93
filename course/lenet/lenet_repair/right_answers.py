"""Right answers of lenet-repair in other ways."""

TORCH = "import numpy as np\nimport torch\nfrom torch import nn\nimport torch.nn.functional as F\n"

ANSWERS = {
    "one-sequence": TORCH + '''
class RepairedLeNet(nn.Module):
    """A view that names the batch, and modules in two sequences."""
    def __init__(self):
        super().__init__()
        self.maps = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
                                  nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2))
        self.decide = nn.Sequential(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))
    def forward(self, x):
        x = self.maps(x)
        return self.decide(x.view(x.size(0), -1))

def batch_after_view(batch):
    if batch % 16 != 0:
        raise ValueError("only multiples of 16 can be viewed")
    return batch // 16 * 25
''',
    "asks-pytorch": TORCH + '''
class RepairedLeNet(nn.Module):
    """The 16*5*5 in the view itself; ReLU after pooling is the same as before, for maxima."""
    def __init__(self):
        super().__init__()
        self.fc3, self.fc2, self.fc1 = nn.Linear(84, 10), nn.Linear(120, 84), nn.Linear(16 * 5 * 5, 120)
        self.conv2, self.conv1 = nn.Conv2d(6, 16, 5), nn.Conv2d(1, 6, 5)
    def forward(self, x):
        for conv in (self.conv1, self.conv2):
            x = F.max_pool2d(conv(x), 2).relu()
        x = x.view(-1, 400)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))

def batch_after_view(batch):
    try:
        return torch.empty(batch, 16, 5, 5).view(-1, 256).shape[0]
    except RuntimeError as error:
        raise ValueError("the view fails") from error
''',
    "the-given-network-inherited": TORCH + '''
from fractions import Fraction

class RepairedLeNet(nn.Module):
    """Flatten as a layer; rows as a fraction whose denominator tells; NumPy's integer comes back."""
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.flat = nn.Flatten()
        self.fc1, self.fc2, self.fc3 = nn.LazyLinear(120), nn.Linear(120, 84), nn.Linear(84, 10)
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), kernel_size=2, stride=2)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(self.flat(x))))))

def batch_after_view(batch):
    rows = Fraction(batch * 16 * 5 * 5, 256)
    if rows.denominator != 1:
        raise ValueError(batch)
    return np.int64(rows.numerator)
''',
}

_VIEW = """
def batch_after_view(batch):
    if batch % 16:
        raise ValueError("batch")
    return batch * 25 // 16
"""


def _network(
    flat: str = "torch.flatten(x, 1)", last: str = "F.relu(self.fc2(x))", image: str = "x", pool: str = "F.max_pool2d"
) -> str:
    """A repaired network with a part written otherwise, and the right batch_after_view."""
    return f"""{TORCH}{_VIEW}
class RepairedLeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)
    def forward(self, x):
        x = {image}
        x = {pool}(F.relu(self.conv1(x)), 2)
        x = {pool}(F.relu(self.conv2(x)), 2)
        x = {flat}
        x = F.relu(self.fc1(x))
        return self.fc3({last})
"""


WRONG = {
    "averages": _network(pool="F.avg_pool2d"),
    "maps-in-another-order": _network(flat="torch.flatten(x.flip(1), 1)"),
    "a-relu-missing": _network(last="self.fc2(x)"),
    "image-negated": _network(image="1 - x"),
    "no-error": _network().replace('        raise ValueError("batch")', "        return None"),
    "another-error": _network().replace("raise ValueError", "raise RuntimeError"),
    "off-by-one": _network().replace("* 25 // 16", "* 25 // 16 + 1"),
}
