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
}
