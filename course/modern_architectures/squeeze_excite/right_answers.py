"""Right answers of squeeze-excite in other ways."""

TORCH = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"

ANSWERS = {
    "by-convolutions": TORCH + '''
class SqueezeExcite(nn.Module):
    """1x1 convolutions on the pooled map in the place of dense layers."""
    def __init__(self, channels, reduction=16):
        super().__init__()
        self.down = nn.Conv2d(channels, max(channels // reduction, 1), 1)
        self.up = nn.Conv2d(self.down.out_channels, channels, 1)
    def forward(self, x):
        s = F.adaptive_avg_pool2d(x, 1)
        return torch.sigmoid(self.up(F.relu(self.down(s)))).mul(x)
''',
    "by-einsum": TORCH + '''
class SqueezeExcite(nn.Module):
    """Means by a sum, scaling by einsum."""
    def __init__(self, channels, reduction=16):
        super().__init__()
        hidden = channels // reduction or 1
        self.a, self.b = nn.Linear(channels, hidden), nn.Linear(hidden, channels)
    def forward(self, x):
        n, c, h, w = x.shape
        z = x.reshape(n, c, h * w).sum(2) / (h * w)
        gate = 1 / (1 + torch.exp(-self.b(torch.relu(self.a(z)))))
        return torch.einsum("nchw,nc->nchw", x, gate)
''',
    "as-published": TORCH + '''
class SqueezeExcite(nn.Module):
    def __init__(self, channels, reduction=16):
        super().__init__()
        self.avg_pool = nn.AdaptiveAvgPool2d(1)
        mid = max(1, channels // reduction)
        self.fc = nn.Sequential(nn.Linear(channels, mid), nn.ReLU(inplace=True), nn.Linear(mid, channels), nn.Sigmoid())
    def forward(self, x):
        b, c, _, _ = x.size()
        y = self.avg_pool(x).view(b, c)
        y = self.fc(y).view(b, c, 1, 1)
        return x * y.expand_as(x)
''',
    "keepdim": TORCH + '''
class SqueezeExcite(nn.Module):
    """Dense layers on the last axis of a map with the channels moved there."""
    def __init__(self, channels, reduction=16):
        super().__init__()
        hidden = channels // reduction if channels >= reduction else 1
        self.layers = nn.ModuleList([nn.Linear(channels, hidden), nn.Linear(hidden, channels)])
    def forward(self, x):
        z = x.mean((-2, -1), keepdim=True).movedim(1, -1)
        for layer, act in zip(self.layers, (F.relu, F.sigmoid)):
            z = act(layer(z))
        return z.movedim(-1, 1) * x
''',
}

WRONG = {
    "one-layer": TORCH + '''
class SqueezeExcite(nn.Module):
    def __init__(self, channels, reduction=16):
        super().__init__()
        self.fc = nn.Linear(channels, channels)
    def forward(self, x):
        return x * torch.sigmoid(self.fc(x.mean((2, 3))))[:, :, None, None]
''',
    "sum-for-mean": TORCH + '''
class SqueezeExcite(nn.Module):
    def __init__(self, channels, reduction=16):
        super().__init__()
        hidden = max(1, channels // reduction)
        self.a, self.b = nn.Linear(channels, hidden), nn.Linear(hidden, channels)
    def forward(self, x):
        return x * torch.sigmoid(self.b(torch.relu(self.a(x.sum((2, 3))))))[:, :, None, None]
''',
    "detached": TORCH + '''
class SqueezeExcite(nn.Module):
    def __init__(self, channels, reduction=16):
        super().__init__()
        hidden = max(1, channels // reduction)
        self.a, self.b = nn.Linear(channels, hidden), nn.Linear(hidden, channels)
    def forward(self, x):
        factors = torch.sigmoid(self.b(torch.relu(self.a(x.detach().mean((2, 3))))))
        return x * factors[:, :, None, None]
''',
    "none-left": TORCH + '''
class SqueezeExcite(nn.Module):
    def __init__(self, channels, reduction=16):
        super().__init__()
        hidden = channels // reduction + 1
        self.a, self.b = nn.Linear(channels, hidden), nn.Linear(hidden, channels)
    def forward(self, x):
        return x * torch.sigmoid(self.b(torch.relu(self.a(x.mean((2, 3))))))[:, :, None, None]
''',
}
