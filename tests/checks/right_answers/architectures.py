"""Right answers of assignment 06 in other ways."""

TORCH = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"

ANSWERS = {
    "inception": {
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
    },
    "residual": {
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
    },
    "squeeze-excite": {
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
    },
    "separable": {
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
    },
    "dense-to-conv": {
        "as-parameters": TORCH + '''
def dense_to_conv(linear, channels, height, width):
    """New parameters put into a convolution."""
    if channels * height * width != linear.weight.shape[1]:
        raise ValueError("the dense layer has another number of inputs")
    conv = nn.Conv2d(channels, linear.weight.shape[0], kernel_size=(height, width), bias=False)
    conv.weight = nn.Parameter(linear.weight.detach().clone().unflatten(1, (channels, height, width)))
    if linear.bias is not None:
        conv.bias = nn.Parameter(linear.bias.detach().clone())
    return conv
''',
        "by-state": TORCH + '''
def dense_to_conv(linear, channels, height, width):
    """By the state dict."""
    state = {name: value.clone() for name, value in linear.state_dict().items()}
    try:
        state["weight"] = state["weight"].reshape(linear.out_features, channels, height, width)
    except RuntimeError:
        raise ValueError("in_features does not fit") from None
    conv = nn.Conv2d(channels, linear.out_features, (height, width), bias="bias" in state, dtype=linear.weight.dtype)
    conv.load_state_dict(state)
    return conv
''',
    },
    "upsample": {
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
    },
    "mean-iou": {
        "by-confusion": TORCH + '''
def mean_iou(prediction, target, num_classes, ignore_index=None):
    """By the confusion matrix."""
    prediction, target = prediction.flatten(), target.flatten()
    keep = (target >= 0) & (target < num_classes)
    if ignore_index is not None:
        keep &= target != ignore_index
    pairs = target[keep] * num_classes + prediction[keep]
    table = torch.bincount(pairs, minlength=num_classes ** 2).reshape(num_classes, num_classes).double()
    union = table.sum(0) + table.sum(1) - table.diag()
    return float((table.diag() / union)[union > 0].mean())
''',
        "by-sets": '''
def mean_iou(prediction, target, num_classes, ignore_index=None):
    """Sets of positions, in plain Python."""
    p, t = prediction.reshape(-1).tolist(), target.reshape(-1).tolist()
    places = [i for i, label in enumerate(t) if label != ignore_index]
    ious = []
    for c in range(num_classes):
        a, b = {i for i in places if p[i] == c}, {i for i in places if t[i] == c}
        if a | b:
            ious.append(len(a & b) / len(a | b))
    return sum(ious) / len(ious) if ious else float("nan")
''',
    },
}
