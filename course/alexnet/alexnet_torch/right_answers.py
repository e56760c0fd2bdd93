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
}
