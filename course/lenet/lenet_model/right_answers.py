"""Right answers of lenet-model in other ways."""

TORCH = "import numpy as np\nimport torch\nfrom torch import nn\nimport torch.nn.functional as F\n"

ANSWERS = {
    "one-sequence": TORCH + '''
class LeNet5(nn.Module):
    """One sequence of modules; C5 is a convolution, as in the paper."""
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 6, kernel_size=5), nn.Tanh(), nn.AvgPool2d(kernel_size=2, stride=2),
            nn.Conv2d(6, 16, kernel_size=5), nn.Tanh(), nn.AvgPool2d(kernel_size=2, stride=2),
            nn.Conv2d(16, 120, kernel_size=5), nn.Tanh(), nn.Flatten(),
            nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))
    def forward(self, x):
        return self.layers(x)
''',
    "bare-parameters": TORCH + '''
class LeNet5(nn.Module):
    """Parameters kept bare, pooling as means over a reshaped axis, dense layers as matrix products."""
    def __init__(self):
        super().__init__()
        shapes = [(6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (10, 84)]
        self.w = nn.ParameterList([torch.randn(s) / torch.tensor(s[1:]).prod() ** 0.5 for s in shapes])
        self.b = nn.ParameterList([torch.zeros(s[0]) for s in shapes])
    def halve(self, x):
        n, c, h, w = x.shape
        return x.view(n, c, h // 2, 2, w // 2, 2).mean(dim=(3, 5))
    def forward(self, x):
        for k in (0, 1):
            x = self.halve(F.conv2d(x, self.w[k], self.b[k]).tanh())
        x = x.reshape(len(x), 400)
        for k in (2, 3):
            x = (x @ self.w[k].T + self.b[k]).tanh()
        return x @ self.w[4].T + self.b[4]
''',
    "halves-in-two-functions": TORCH + '''
class LeNet5(nn.Module):
    """Layers under the paper's names, made in a loop; stride 2 spelled out; the batch kept by reshape."""
    def __init__(self):
        super().__init__()
        for name, (maps_in, maps_out) in {"C1": (1, 6), "C3": (6, 16)}.items():
            setattr(self, name, nn.Conv2d(maps_in, maps_out, kernel_size=(5, 5), stride=1, padding=0))
        self.S = nn.AvgPool2d((2, 2), stride=(2, 2))
        self.act = nn.Tanh()
        self.fc = nn.ModuleList([nn.Linear(16 * 5 * 5, 120), nn.Linear(120, 84)])
        self.out = nn.Linear(84, 10)
    def features(self, x):
        return self.S(self.act(self.C3(self.S(self.act(self.C1(x))))))
    def forward(self, x):
        h = self.features(x)
        h = h.reshape(h.size(0), -1)
        for layer in self.fc:
            h = self.act(layer(h))
        return self.out(h)
''',
    "lazy-layers": TORCH + '''
class LeNet5(nn.Module):
    """Sizes found by a first forward pass in __init__."""
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.LazyConv2d(6, 5), nn.Tanh(), nn.AvgPool2d(2), nn.LazyConv2d(16, 5), nn.Tanh(), nn.AvgPool2d(2),
            nn.Flatten(), nn.LazyLinear(120), nn.Tanh(), nn.LazyLinear(84), nn.Tanh(), nn.LazyLinear(10))
        self.net(torch.zeros(1, 1, 32, 32))
    def forward(self, x):
        return self.net(x)
''',
    "lazy-layers-not-yet-made": TORCH + '''
class LeNet5(nn.Module):
    """Lazy layers that get their sizes with the first batch."""
    def __init__(self):
        super().__init__()
        self.convs = nn.Sequential(
            nn.LazyConv2d(6, 5), nn.Tanh(), nn.AvgPool2d(2), nn.LazyConv2d(16, 5), nn.Tanh(), nn.AvgPool2d(2))
        self.head = nn.Sequential(
            nn.Flatten(), nn.LazyLinear(120), nn.Tanh(), nn.LazyLinear(84), nn.Tanh(), nn.LazyLinear(10))
    def forward(self, x):
        return self.head(self.convs(x))
''',
    "a-sequence-itself": TORCH + '''
class LeNet5(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2),
            nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))
''',
    "dense-layers-as-convolutions": TORCH + '''
class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1,6,5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6,16,5), nn.Tanh(),
            nn.AvgPool2d(2),
            nn.Conv2d(16,120,5), nn.Tanh(), nn.Conv2d(120,84,1), nn.Tanh(), nn.Conv2d(84,10,1))
    def forward(self, x):
        return self.body(x).flatten(1)
''',
}

_NETWORK = TORCH + '''
class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.c3 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.c5, self.f6, self.output = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)
    def forward(self, x):
        x = F.avg_pool2d(torch.tanh(self.c1(x)), 2)
        x = F.avg_pool2d(torch.tanh(self.c3(x)), 2)
        x = torch.tanh(self.c5(torch.flatten(x, 1)))
        return self.output(torch.tanh(self.f6(x)))
'''


def _changed(*changes: tuple[str, str]) -> str:
    """The right network with texts replaced, each of which must be there."""
    source = _NETWORK
    for old, new in changes:
        assert old in source, old
        source = source.replace(old, new)
    return source


WRONG = {
    "a-hardtanh": _changed(("torch.tanh(self.c5", "F.hardtanh(self.c5")),
    "image-transposed": _changed(("self.c1(x)", "self.c1(x.transpose(2, 3))")),
    "no-gradient": _changed(("    def forward", "    @torch.no_grad()\n    def forward")),
    "half-the-scores": _changed(("return self.output(", "return 0.5 * self.output(")),
    "no-bias-in-c3": _changed(("nn.Conv2d(6, 16, 5)", "nn.Conv2d(6, 16, 5, bias=False)")),
    "a-layer-that-nothing-uses": _changed(
        ("nn.Linear(84, 10)\n", "nn.Linear(84, 10)\n        self.more = nn.Linear(3, 3)\n")
    ),
    "sum-pooling": _changed(("F.avg_pool2d(torch.tanh(self.c1(x)), 2)", "4 * F.avg_pool2d(torch.tanh(self.c1(x)), 2)")),
    "maps-last": _changed(("torch.flatten(x, 1)", "torch.flatten(x.permute(0, 2, 3, 1), 1)")),
    "no-convolution": TORCH + "class LeNet5(nn.Sequential):\n    def __init__(self):\n"
                              "        super().__init__(nn.Flatten(), nn.Linear(1024, 10))\n",
    "a-tuple": _changed(("return self.output(torch.tanh(self.f6(x)))", "return self.output(x), x")),
    "another-number-of-maps": TORCH + '''
class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(1,6,5), nn.Tanh(), nn.AvgPool2d(2,2), nn.Conv2d(6,20,5), nn.Tanh(),
            nn.AvgPool2d(2,2),
            nn.Flatten(), nn.Linear(20*5*5,120), nn.Tanh(), nn.Linear(120,84), nn.Tanh(), nn.Linear(84,10))
        self.apply(self._init)
    @staticmethod
    def _init(m):
        if isinstance(m, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(m.weight)
            nn.init.zeros_(m.bias)
    def forward(self, x):
        return self.net(x)
''',
}
