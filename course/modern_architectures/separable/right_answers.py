"""Right answers of separable in other ways."""

TORCH = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"

ANSWERS = {
    "two-layers": TORCH + '''
class SeparableConv2d(nn.Module):
    """Two named layers."""
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.p = nn.Conv2d(in_channels, out_channels, (1, 1), bias=False)
        self.d = nn.Conv2d(in_channels, in_channels, kernel_size, stride=stride, padding=padding, groups=in_channels,
                           bias=False)
    def forward(self, x):
        return self.p(self.d(x))
''',
    "channel-by-channel": TORCH + '''
class SeparableConv2d(nn.Module):
    """A loop over the channels, then a matrix product over the channel axis."""
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.depth = nn.Parameter(torch.randn(in_channels, 1, kernel_size, kernel_size))
        self.point = nn.Parameter(torch.randn(out_channels, in_channels))
        self.options = {"stride": stride, "padding": padding}
    def forward(self, x):
        maps = [F.conv2d(x[:, c:c + 1], self.depth[c:c + 1], **self.options) for c in range(x.shape[1])]
        return torch.einsum("nchw,oc->nohw", torch.cat(maps, 1), self.point)
''',
}

WRONG = {
    "padding-forgotten": TORCH + '''
class SeparableConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.d = nn.Conv2d(in_channels, in_channels, kernel_size, stride, groups=in_channels, bias=False)
        self.p = nn.Conv2d(in_channels, out_channels, 1, bias=False)
    def forward(self, x):
        return self.p(self.d(x))
''',
    "one-kernel-for-all-channels": TORCH + '''
class SeparableConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.depthwise = nn.Conv2d(1, 1, kernel_size, stride=stride, padding=padding, bias=False)
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1, bias=False)
    def forward(self, x):
        n, c, h, w = x.shape
        y = self.depthwise(x.reshape(n * c, 1, h, w))
        return self.pointwise(y.reshape(n, c, *y.shape[2:]))
''',
    "the-kernel-in-the-pointwise-half": TORCH + '''
class SeparableConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.depthwise = nn.Conv2d(in_channels, in_channels, 1, groups=in_channels, bias=False)
        self.pointwise = nn.Conv2d(in_channels, out_channels, kernel_size, stride=stride, padding=padding, bias=False)
    def forward(self, x):
        return self.pointwise(self.depthwise(x))
''',
    "normalised-in-between": TORCH + '''
class SeparableConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.depthwise = nn.Conv2d(in_channels, in_channels, kernel_size, stride, padding,
                                   groups=in_channels, bias=False)
        self.bn = nn.BatchNorm2d(in_channels)
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1, bias=False)
    def forward(self, x):
        return self.pointwise(self.bn(self.depthwise(x)))
''',
}
