"""Right answers of inception in other ways."""

TORCH = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"

ANSWERS = {
    "one-by-one": TORCH + '''
class InceptionModule(nn.Module):
    """Six named convolutions, joined by hand."""
    def __init__(self, in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj):
        super().__init__()
        self.project = nn.Conv2d(in_channels, pool_proj, kernel_size=1)
        self.b5 = nn.Conv2d(c5_reduce, c5, kernel_size=5, padding="same")
        self.a5 = nn.Conv2d(in_channels, c5_reduce, kernel_size=1)
        self.b3 = nn.Conv2d(c3_reduce, c3, kernel_size=3, padding="same")
        self.a3 = nn.Conv2d(in_channels, c3_reduce, kernel_size=1)
        self.a1 = nn.Conv2d(in_channels, c1, kernel_size=1)
    def forward(self, x):
        maps = [self.a1(x), self.b3(F.relu(self.a3(x))), self.b5(F.relu(self.a5(x))),
                self.project(F.max_pool2d(x, 3, 1, 1))]
        return torch.hstack(maps).relu()
''',
    "one-reducing-convolution": TORCH + '''
class InceptionModule(nn.Module):
    """Parameters kept bare, convolutions as functions, the output filled branch by branch."""
    def __init__(self, in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj):
        super().__init__()
        shapes = {"one": (c1, in_channels, 1, 1), "three_reduce": (c3_reduce, in_channels, 1, 1),
                  "three": (c3, c3_reduce, 3, 3), "five_reduce": (c5_reduce, in_channels, 1, 1),
                  "five": (c5, c5_reduce, 5, 5), "pool": (pool_proj, in_channels, 1, 1)}
        self.weights = nn.ParameterDict({f"{k}_w": nn.Parameter(torch.randn(s) * 0.1) for k, s in shapes.items()})
        self.biases = nn.ParameterDict({f"{k}_b": nn.Parameter(torch.zeros(s[0])) for k, s in shapes.items()})
    def conv(self, x, name):
        weight = self.weights[f"{name}_w"]
        return F.conv2d(x, weight, self.biases[f"{name}_b"], padding=weight.shape[-1] // 2).clamp(min=0)
    def forward(self, x):
        three = self.conv(self.conv(x, "three_reduce"), "three")
        five = self.conv(self.conv(x, "five_reduce"), "five")
        pool = self.conv(F.max_pool2d(x, 3, stride=1, padding=1), "pool")
        return torch.cat((self.conv(x, "one"), three, five, pool), 1)
''',
}

WRONG = {
    "seven-for-five": TORCH + '''
class InceptionModule(nn.Module):
    """The 5x5 branch as 7x7."""
    def __init__(self, in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj):
        super().__init__()
        def conv(a, b, k):
            return nn.Sequential(nn.Conv2d(a, b, k, padding=k // 2), nn.ReLU())
        self.a, self.d = conv(in_channels, c1, 1), nn.Sequential(nn.MaxPool2d(3, 1, 1), conv(in_channels, pool_proj, 1))
        self.b = nn.Sequential(conv(in_channels, c3_reduce, 1), conv(c3_reduce, c3, 3))
        self.c = nn.Sequential(conv(in_channels, c5_reduce, 1), conv(c5_reduce, c5, 7))
    def forward(self, x):
        return torch.cat([self.a(x), self.b(x), self.c(x), self.d(x)], 1)
''',
    "summed": TORCH + '''
class InceptionModule(nn.Module):
    def __init__(self, in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj):
        super().__init__()
        def conv(a, b, k):
            return nn.Sequential(nn.Conv2d(a, b, k, padding=k // 2), nn.ReLU())
        self.a, self.d = conv(in_channels, c1, 1), nn.Sequential(nn.MaxPool2d(3, 1, 1), conv(in_channels, pool_proj, 1))
        self.b = nn.Sequential(conv(in_channels, c3_reduce, 1), conv(c3_reduce, c3, 3))
        self.c = nn.Sequential(conv(in_channels, c5_reduce, 1), conv(c5_reduce, c5, 5))
    def forward(self, x):
        return torch.cat([self.a(x), self.b(x), self.c(x), self.d(x)], 2)
''',
    "pooled-by-five": TORCH + '''
class InceptionModule(nn.Module):
    def __init__(self, in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj):
        super().__init__()
        def conv(a, b, k):
            return nn.Sequential(nn.Conv2d(a, b, k, padding=k // 2), nn.ReLU())
        self.a, self.d = conv(in_channels, c1, 1), nn.Sequential(nn.MaxPool2d(5, 1, 2), conv(in_channels, pool_proj, 1))
        self.b = nn.Sequential(conv(in_channels, c3_reduce, 1), conv(c3_reduce, c3, 3))
        self.c = nn.Sequential(conv(in_channels, c5_reduce, 1), conv(c5_reduce, c5, 5))
    def forward(self, x):
        return torch.cat([self.a(x), self.b(x), self.c(x), self.d(x)], 1)
''',
}
