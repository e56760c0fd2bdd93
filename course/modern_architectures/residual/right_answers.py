"""Right answers of residual in other ways."""

TORCH = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"

ANSWERS = {
    "named-layers": TORCH + '''
class ResidualBlock(nn.Module):
    """Named layers and ReLU modules; the shortcut is an empty Sequential where nothing changes."""
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.downsample = nn.Sequential()
        if in_channels != out_channels or stride > 1:
            self.downsample = nn.Sequential(nn.Conv2d(in_channels, out_channels, 1, stride, bias=False),
                                            nn.BatchNorm2d(out_channels))
        self.n2, self.c2 = nn.BatchNorm2d(out_channels), nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False)
        self.n1, self.c1 = nn.BatchNorm2d(out_channels), nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False)
        self.relu = nn.ReLU(inplace=True)
    def forward(self, x):
        out = self.relu(self.n1(self.c1(x)))
        out = self.n2(self.c2(out))
        out += self.downsample(x)
        return self.relu(out)
''',
    "functional": TORCH + '''
class ResidualBlock(nn.Module):
    """A helper makes convolution and normalisation; the projection is looked for in the forward pass."""
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        def normal(before, size, step):
            return nn.Sequential(nn.Conv2d(before, out_channels, size, step, padding=size // 2, bias=False),
                                 nn.BatchNorm2d(out_channels))
        self.first, self.second = normal(in_channels, 3, stride), normal(out_channels, 3, 1)
        if (in_channels, 1) != (out_channels, stride):
            self.projection = normal(in_channels, 1, stride)
    def forward(self, x):
        identity = self.projection(x) if hasattr(self, "projection") else x
        return torch.clamp(self.second(torch.clamp(self.first(x), min=0)) + identity, min=0)
''',
}
