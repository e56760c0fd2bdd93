"""Right answers of residual in other ways."""

TORCH = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"

ANSWERS = {
    "lazy": TORCH + '''
class ResidualBlock(nn.Module):
    """Normalisations that learn their number of channels when they see some, the sum in place on what is not needed."""
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.conv1 = nn.LazyConv2d(out_channels, 3, stride=stride, padding=1, bias=False)
        self.bn1, self.bn2 = nn.LazyBatchNorm2d(), nn.LazyBatchNorm2d()
        self.conv2 = nn.LazyConv2d(out_channels, 3, padding=1, bias=False)
        self.shortcut = nn.Identity()
        if stride != 1 or in_channels != out_channels:
            self.shortcut = nn.Sequential(nn.LazyConv2d(out_channels, 1, stride, bias=False), nn.LazyBatchNorm2d())
    def forward(self, x):
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        out += self.shortcut(x)
        return out.clamp(min=0)
''',
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
    "as-in-torchvision": TORCH + '''
class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super(ResidualBlock, self).__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(out_channels, out_channels, kernel_size=3, stride=1, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.downsample = None
        if stride != 1 or in_channels != out_channels:
            self.downsample = nn.Sequential(nn.Conv2d(in_channels, out_channels, 1, stride, bias=False),
                                            nn.BatchNorm2d(out_channels))
    def forward(self, x):
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)
''',
    "two-sequentials": TORCH + '''
class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        layers = []
        for before, step in ((in_channels, stride), (out_channels, 1)):
            layers += [nn.Conv2d(before, out_channels, (3, 3), (step, step), "same" if step == 1 else 1, bias=False),
                       nn.BatchNorm2d(out_channels), nn.ReLU()]
        self.body = nn.Sequential(*layers[:-1])
        same = stride == 1 and in_channels == out_channels
        self.skip = nn.Identity() if same else nn.Sequential(
            nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels))
    def forward(self, x):
        return torch.relu(torch.add(self.skip(x), self.body(x)))
''',
    "subsampled-then-projected": TORCH + '''
class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.stride = stride
        self.conv_a = nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False)
        self.conv_b = nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False)
        self.norm_a, self.norm_b = nn.BatchNorm2d(out_channels), nn.BatchNorm2d(out_channels)
        if stride != 1 or in_channels != out_channels:
            self.conv_s = nn.Conv2d(in_channels, out_channels, 1, bias=False)
            self.norm_s = nn.BatchNorm2d(out_channels)
    def forward(self, x):
        h = F.relu(self.norm_a(self.conv_a(x)))
        h = self.norm_b(self.conv_b(h))
        if hasattr(self, "conv_s"):
            x = self.norm_s(self.conv_s(x[:, :, ::self.stride, ::self.stride]))
        return F.relu(h + x)
''',
    "padded-by-layers": TORCH + '''
class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        def unit(i, o, k, s):
            return nn.Sequential(nn.ZeroPad2d(k // 2), nn.Conv2d(i, o, k, s, bias=False), nn.BatchNorm2d(o))
        self.first, self.second = unit(in_channels, out_channels, 3, stride), unit(out_channels, out_channels, 3, 1)
        self.skip = unit(in_channels, out_channels, 1, stride) if (in_channels, 1) != (out_channels,
            stride) else nn.Identity()
        self.act = nn.ReLU()
    def forward(self, x):
        return self.act(self.second(self.act(self.first(x))) + self.skip(x))
''',
}

_RIGHT = TORCH + '''
class ResidualBlock(nn.Module):
    expansion = 1
    def __init__(self, in_channels, out_channels, stride=1):
        super(ResidualBlock, self).__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(out_channels, out_channels, kernel_size=3, stride=1, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.shortcut = nn.Sequential()
        if stride != 1 or in_channels != self.expansion * out_channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, kernel_size=1, stride=stride, bias=False),
                    nn.BatchNorm2d(out_channels))
    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += self.shortcut(x)
        out = F.relu(out)
        return out
'''
WRONG = {
    "sum-in-place-on-a-relu": TORCH + '''
class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False), nn.BatchNorm2d(out_channels), nn.ReLU(),
            nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False), nn.BatchNorm2d(out_channels))
        same = stride == 1 and in_channels == out_channels
        self.shortcut = nn.Sequential() if same else nn.Sequential(
            nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels))
    def forward(self, x):
        out = torch.sigmoid(self.body(x))
        out += self.shortcut(x)
        return F.relu(out)
''',
    "a-factor": TORCH + '''
class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.f = nn.Sequential(nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False),
                               nn.BatchNorm2d(out_channels),
                               nn.ReLU(), nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False),
                               nn.BatchNorm2d(out_channels))
        self.s = nn.Sequential()
        if stride != 1 or in_channels != out_channels:
            self.s = nn.Sequential(nn.Conv2d(in_channels, out_channels, 1, stride, bias=False),
                                   nn.BatchNorm2d(out_channels))
    def forward(self, x):
        return F.relu(0.5 * (self.f(x) + self.s(x)))
''',
    "multiplied": TORCH + '''
class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.f = nn.Sequential(nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False),
                               nn.BatchNorm2d(out_channels),
                               nn.ReLU(), nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False),
                               nn.BatchNorm2d(out_channels))
        self.s = nn.Sequential()
        if stride != 1 or in_channels != out_channels:
            self.s = nn.Sequential(nn.Conv2d(in_channels, out_channels, 1, stride, bias=False),
                                   nn.BatchNorm2d(out_channels))
    def forward(self, x):
        return F.relu(self.f(x) * self.s(x))
''',
    "no-normalisation-at-all": TORCH + '''
class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.c1 = nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False)
        self.c2 = nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False)
        self.s = nn.Sequential()
        if stride != 1 or in_channels != out_channels:
            self.s = nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)
    def forward(self, x):
        return F.relu(self.c2(F.relu(self.c1(x))) + self.s(x))
''',
    "leaky": TORCH + '''
class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.f = nn.Sequential(nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False),
                               nn.BatchNorm2d(out_channels),
                               nn.LeakyReLU(), nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False),
                               nn.BatchNorm2d(out_channels))
        self.s = nn.Sequential()
        if stride != 1 or in_channels != out_channels:
            self.s = nn.Sequential(nn.Conv2d(in_channels, out_channels, 1, stride, bias=False),
                                   nn.BatchNorm2d(out_channels))
    def forward(self, x):
        return F.relu(self.f(x) + self.s(x))
''',
    "one-normalisation-twice": _RIGHT.replace("self.bn2(self.conv2", "self.bn1(self.conv2"),
    "without-super": _RIGHT.replace("        super(ResidualBlock, self).__init__()\n", ""),
}
