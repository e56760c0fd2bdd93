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
}
