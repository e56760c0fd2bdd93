"""Right answers of alexnet-torch in other ways."""

ANSWERS = {
    "named-layers": '''
import torch
from torch import nn
import torch.nn.functional as F
class AlexNet(nn.Module):
    """Named layers, everything else by functions."""
    def __init__(self, num_classes=1000, groups=1):
        super().__init__()
        self.fc8 = nn.Linear(4096, num_classes)
        self.fc7 = nn.Linear(4096, 4096)
        self.fc6 = nn.Linear(9216, 4096)
        self.conv1 = nn.Conv2d(3, 96, (11, 11), (4, 4))
        self.conv2 = nn.Conv2d(96, 256, 5, padding="same", groups=groups)
        self.conv3 = nn.Conv2d(256, 384, 3, padding="same")
        self.conv4 = nn.Conv2d(384, 384, 3, padding="same", groups=groups)
        self.conv5 = nn.Conv2d(384, 256, 3, padding="same", groups=groups)
    def forward(self, x):
        for conv in (self.conv1, self.conv2):
            x = F.local_response_norm(F.relu(conv(x)), 5, alpha=5e-4, beta=0.75, k=2)
            x = F.max_pool2d(x, 3, 2)
        x = F.relu(self.conv4(F.relu(self.conv3(x))))
        x = F.max_pool2d(F.relu(self.conv5(x)), 3, 2).view(x.shape[0], -1)
        x = F.relu(self.fc6(F.dropout(x, 0.5, self.training)))
        x = F.relu(self.fc7(F.dropout(x, 0.5, self.training)))
        return self.fc8(x)
''',
    "own-normalisation": '''
import torch
from torch import nn
class Norm(nn.Module):
    """LRN by a padded sum over the neighbouring maps."""
    def forward(self, x):
        squares = torch.nn.functional.pad(x ** 2, (0, 0, 0, 0, 2, 2))
        energy = sum(squares[:, i:i + x.shape[1]] for i in range(5))
        return x / (2 + 1e-4 * energy) ** 0.75
class AlexNet(nn.Module):
    """Built in a loop; fully connected layers as convolutions, adaptive pooling in between."""
    def __init__(self, num_classes=1000, groups=1):
        super().__init__()
        parts, before = [], 3
        for number, (maps, size, stride, pad, split) in enumerate(
            [(96, 11, 4, 0, 1), (256, 5, 1, 2, groups), (384, 3, 1, 1, 1), (384, 3, 1, 1, groups),
             (256, 3, 1, 1, groups)]
        ):
            parts += [nn.Conv2d(before, maps, size, stride, pad, groups=split), nn.ReLU(inplace=True)]
            parts += [Norm()] if number < 2 else []
            parts += [nn.MaxPool2d(3, 2)] if number in (0, 1, 4) else []
            before = maps
        parts += [nn.AdaptiveAvgPool2d(6), nn.Dropout(0.5), nn.Conv2d(256, 4096, 6), nn.ReLU(), nn.Dropout(0.5),
                  nn.Conv2d(4096, 4096, 1), nn.ReLU(), nn.Conv2d(4096, num_classes, 1)]
        self.layers = nn.Sequential(*parts)
    def forward(self, x):
        return self.layers(x)[:, :, 0, 0]
''',
    "lazy-layers": '''
import torch
from torch import nn
class AlexNet(nn.Module):
    """Layers that learn how many inputs they have when they see some."""
    def __init__(self, num_classes=1000, groups=1):
        super().__init__()
        lrn = lambda: nn.LocalResponseNorm(size=5, alpha=0.0005, beta=0.75, k=2)
        self.body = nn.Sequential(
            nn.LazyConv2d(96, 11, 4), nn.ReLU(True), lrn(), nn.MaxPool2d(3, 2),
            nn.LazyConv2d(256, 5, padding=2, groups=groups), nn.ReLU(True), lrn(), nn.MaxPool2d(3, 2),
            nn.LazyConv2d(384, 3, padding=1), nn.ReLU(True),
            nn.LazyConv2d(384, 3, padding=1, groups=groups), nn.ReLU(True),
            nn.LazyConv2d(256, 3, padding=1, groups=groups), nn.ReLU(True), nn.MaxPool2d(3, 2), nn.Flatten(),
            nn.Dropout(), nn.LazyLinear(4096), nn.ReLU(True), nn.Dropout(), nn.LazyLinear(4096), nn.ReLU(True),
            nn.LazyLinear(num_classes))
    def forward(self, x):
        return self.body(x)
''',
}

LAYERS = '''
import torch
from torch import nn
def build(num_classes, groups, norm=lambda maps: nn.LocalResponseNorm(5, 5e-4, 0.75, 2.0), pad=2, last=0.5):
    return nn.Sequential(
        nn.Conv2d(3, 96, 11, 4), nn.ReLU(), norm(96), nn.MaxPool2d(3, 2),
        nn.Conv2d(96, 256, 5, padding=pad, groups=groups), nn.ReLU(), norm(256), nn.MaxPool2d(3, 2),
        nn.Conv2d(256, 384, 3, padding=1), nn.ReLU(), nn.Conv2d(384, 384, 3, padding=1, groups=groups), nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding=1, groups=groups), nn.ReLU(), nn.AdaptiveMaxPool2d(6) if pad == 1
        else nn.MaxPool2d(3, 2), nn.Flatten(), nn.Dropout(), nn.Linear(9216, 4096), nn.ReLU(), nn.Dropout(last),
        nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, num_classes))
'''
WRONG = {
    "batch-normalisation": LAYERS + '''
class AlexNet(nn.Module):
    """Batch normalisation in LRN's place."""
    def __init__(self, num_classes=1000, groups=1):
        super().__init__()
        self.layers = build(num_classes, groups, nn.BatchNorm2d)
    def forward(self, x):
        return self.layers(x)
''',
    "conv2-padded-by-one": LAYERS + '''
class AlexNet(nn.Module):
    """conv2 with a padding of 1, and a pooling that hides it."""
    def __init__(self, num_classes=1000, groups=1):
        super().__init__()
        self.layers = build(num_classes, groups, pad=1)
    def forward(self, x):
        return self.layers(x)
''',
    "normalised-images": LAYERS + '''
class AlexNet(nn.Module):
    """The images lose 0.5 first, which nobody asked for."""
    def __init__(self, num_classes=1000, groups=1):
        super().__init__()
        self.layers = build(num_classes, groups)
    def forward(self, x):
        return self.layers(x - 0.5)
''',
    "dropout-in-place": '''
import torch
from torch import nn
class AlexNet(nn.Module):
    def __init__(self, num_classes=1000, groups=1):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(in_channels=3, out_channels=96, kernel_size=11, stride=4), nn.ReLU(),
            nn.LocalResponseNorm(size=5, alpha=0.0005, beta=0.75, k=2), nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(96, 256, 5, padding=2, groups=groups), nn.ReLU(),
            nn.LocalResponseNorm(size=5, alpha=0.0005, beta=0.75, k=2), nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(256, 384, 3, padding=1), nn.ReLU(), nn.Conv2d(384, 384, 3, padding=1, groups=groups), nn.ReLU(),
            nn.Conv2d(384, 256, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2))
        self.classifier = nn.Sequential(nn.Dropout(p=0.5, inplace=True), nn.Linear(in_features=(256 * 6 * 6),
            out_features=4096), nn.ReLU(),
            nn.Dropout(p=0.5, inplace=True), nn.Linear(in_features=4096, out_features=4096), nn.ReLU(),
                nn.Linear(in_features=4096, out_features=num_classes))
        self.init_bias()
    def init_bias(self):
        for layer in self.net:
            if isinstance(layer, nn.Conv2d):
                nn.init.normal_(layer.weight, mean=0, std=0.01); nn.init.constant_(layer.bias, 0)
        nn.init.constant_(self.net[4].bias, 1)
    def forward(self, x):
        return self.classifier(self.net(x).view(-1, 256 * 6 * 6))
''',
    "dropped-twice": '''
import torch
from torch import nn
class AlexNet(nn.Module):
    def __init__(self, num_classes=1000, groups=1):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 96, kernel_size=11, stride=4), nn.ReLU(inplace=True), nn.LocalResponseNorm(5, alpha=5e-4,
                beta=0.75, k=2), nn.MaxPool2d(3, 2),
            nn.Conv2d(96, 256, kernel_size=5, padding=2, groups=groups), nn.ReLU(inplace=True),
                nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2), nn.MaxPool2d(3, 2),
            nn.Conv2d(256, 384, kernel_size=3, padding=1), nn.ReLU(inplace=True),
            nn.Conv2d(384, 384, kernel_size=3, padding=1, groups=groups), nn.ReLU(inplace=True),
            nn.Conv2d(384, 256, kernel_size=3, padding=1, groups=groups), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2),
                nn.Dropout(0.5))
        self.classifier = nn.Sequential(nn.Dropout(0.5), nn.Linear(256 * 6 * 6, 4096), nn.ReLU(inplace=True),
            nn.Dropout(0.5), nn.Linear(4096, 4096), nn.ReLU(inplace=True), nn.Linear(4096, num_classes))
    def forward(self, x):
        x = self.features(x)
        x = x.view(x.size(0), 256 * 6 * 6)
        return self.classifier(x)
''',
}
