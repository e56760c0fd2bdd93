"""Right answers of upsample in other ways."""

TORCH = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"

ANSWERS = {
    "transposed-convolution": TORCH + '''
def bilinear_kernel(factor):
    """A box of the factor's width, folded with itself; the box of an even factor lies between pixels."""
    size = 2 * factor - factor % 2
    centre = factor - 1 if factor % 2 else factor - 0.5
    kernel = torch.empty(size, size)
    for i in range(size):
        for j in range(size):
            kernel[i, j] = (1 - abs(i - centre) / factor) * (1 - abs(j - centre) / factor)
    return kernel

class SegmentationHead(nn.Module):
    """Enlarges by a transposed convolution with fixed weights, one channel at a time."""
    def __init__(self, low_channels, high_channels, num_classes):
        super().__init__()
        self.fine = nn.Conv2d(high_channels, num_classes, 1)
        self.coarse = nn.Conv2d(low_channels, num_classes, 1)
    def forward(self, low, high):
        scores = self.coarse(low)
        factor = high.shape[2] // low.shape[2]
        kernel = bilinear_kernel(factor).to(scores)[None, None].repeat(scores.shape[1], 1, 1, 1)
        large = F.conv_transpose2d(scores, kernel, stride=factor, padding=factor // 2, groups=scores.shape[1])
        return large + self.fine(high)
''',
    "enlarged-first": TORCH + '''
def bilinear_kernel(factor):
    """The triangle from its halves."""
    rising = torch.arange(1, 2 * factor, 2) / (2 * factor) if factor % 2 == 0 else torch.arange(1, factor + 1) / factor
    side = torch.cat([rising, rising.flip(0)[factor % 2:]])
    return side.unsqueeze(1) @ side.unsqueeze(0)

class SegmentationHead(nn.Module):
    """Enlarges the map before it is scored, which gives the same."""
    def __init__(self, low_channels, high_channels, num_classes):
        super().__init__()
        self.scores = nn.ModuleDict({"low": nn.Conv2d(low_channels, num_classes, 1),
                                     "high": nn.Conv2d(high_channels, num_classes, 1)})
    def forward(self, low, high):
        large = nn.Upsample(size=high.shape[-2:], mode="bilinear")(low)
        return self.scores["low"](large) + self.scores["high"](high)
''',
}

KERNEL = TORCH + '''
def bilinear_kernel(factor):
    size = 2 * factor - factor % 2
    side = 1 - (torch.arange(size) - (size - 1) / 2).abs() / factor
    return torch.outer(side, side)
'''
WRONG = {
    "averaged": KERNEL + '''
class SegmentationHead(nn.Module):
    def __init__(self, low_channels, high_channels, num_classes):
        super().__init__()
        self.a, self.b = nn.Conv2d(low_channels, num_classes, 1), nn.Conv2d(high_channels, num_classes, 1)
    def forward(self, low, high):
        return (F.interpolate(self.a(low), high.shape[2:], mode="bilinear") + self.b(high)) / 2
''',
    "rectified": KERNEL + '''
class SegmentationHead(nn.Module):
    def __init__(self, low_channels, high_channels, num_classes):
        super().__init__()
        self.a, self.b = nn.Conv2d(low_channels, num_classes, 1), nn.Conv2d(high_channels, num_classes, 1)
    def forward(self, low, high):
        return F.relu(F.interpolate(self.a(low), high.shape[2:], mode="bilinear") + self.b(high))
''',
    "double-precision": TORCH + '''
import numpy as np
def bilinear_kernel(factor):
    size = 2 * factor - factor % 2
    side = 1 - np.abs(np.arange(size) - (size - 1) / 2) / factor
    return torch.from_numpy(np.outer(side, side) / 1)
class SegmentationHead(nn.Module):
    def __init__(self, low_channels, high_channels, num_classes):
        super().__init__()
        self.a, self.b = nn.Conv2d(low_channels, num_classes, 1), nn.Conv2d(high_channels, num_classes, 1)
    def forward(self, low, high):
        return F.interpolate(self.a(low), high.shape[2:], mode="bilinear") + self.b(high)
''',
    "always-enlarged-by-two": KERNEL + '''
class SegmentationHead(nn.Module):
    def __init__(self, low_channels, high_channels, num_classes):
        super().__init__()
        self.low = nn.Conv2d(low_channels, num_classes, 1)
        self.high = nn.Conv2d(high_channels, num_classes, 1)
        self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
    def forward(self, low, high):
        return self.up(self.low(low)) + self.high(high)
''',
}
