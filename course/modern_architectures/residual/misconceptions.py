"""Wrong turns in a residual block. A wrong answer stands here as a student would write it."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from autograder.checks.api import Misconceptions, notebook, on

from . import reference as right
from .reference import ResidualBlock

RESIDUAL = Misconceptions("residual", right.residual, student=notebook("ResidualBlock"))
SHORTCUT = "Residual connections"


class _Changed(ResidualBlock):
    """A residual block by its parts, for the wrong turns below."""

    def change(self, x):
        return self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))


@RESIDUAL.add("no-shortcut", section=SHORTCUT, price="without the sum nothing of a residual block is left")
@on(right.residual)
class NoShortcut(_Changed):
    """The input is not added: these are two plain convolutions."""

    def forward(self, x):
        return functional.relu(self.change(x))


@RESIDUAL.add("joined-to-the-input", section=SHORTCUT, price="without the sum nothing of a residual block is left")
@on(right.residual)
class JoinedToTheInput(_Changed):
    """The input is laid beside the change, as further channels; it should be added to the change."""

    def forward(self, x):
        return functional.relu(torch.cat([self.change(x), self.shortcut(x)], dim=1))


@RESIDUAL.add("relu-before-the-sum", section=SHORTCUT)
@on(right.residual)
class ReluBeforeTheSum(_Changed):
    """The last ReLU comes before the sum, so the block can only add, never take away."""

    def forward(self, x):
        return functional.relu(self.change(x)) + self.shortcut(x)


@RESIDUAL.add("no-relu-after-the-sum", section=SHORTCUT)
@on(right.residual)
class NoReluAfterTheSum(_Changed):
    """After the sum a ReLU is missing."""

    def forward(self, x):
        return self.change(x) + self.shortcut(x)


@RESIDUAL.add("no-relu-in-between", section=SHORTCUT)
@on(right.residual)
class NoReluInBetween(_Changed):
    """Between the two convolutions a ReLU is missing."""

    def forward(self, x):
        return functional.relu(self.bn2(self.conv2(self.bn1(self.conv1(x)))) + self.shortcut(x))


@RESIDUAL.add("relu-before-the-normalisation", section=SHORTCUT)
@on(right.residual)
class ReluBeforeTheNormalisation(_Changed):
    """The first ReLU comes before the batch normalisation; here the order is convolution, normalisation, ReLU."""

    def forward(self, x):
        return functional.relu(self.bn2(self.conv2(self.bn1(functional.relu(self.conv1(x))))) + self.shortcut(x))


@RESIDUAL.add("stride-in-the-second-convolution", section=SHORTCUT)
@on(right.residual)
class StrideInTheSecondConvolution(_Changed):
    """The second convolution has the stride; here the first one takes it."""

    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__(in_channels, out_channels, stride)
        self.conv1.stride, self.conv2.stride = (1, 1), (stride, stride)


@RESIDUAL.add("always-a-projection", section=SHORTCUT, price="no input goes through as it is")
@on(right.residual)
class AlwaysAProjection(_Changed):
    """The shortcut has a convolution even where the shapes agree; there the input goes through as it is."""

    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__(in_channels, out_channels, stride)
        projection = nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False)
        self.shortcut = nn.Sequential(projection, nn.BatchNorm2d(out_channels))


@RESIDUAL.add("projection-not-normalised", section=SHORTCUT)
@on(right.residual)
class ProjectionNotNormalised(_Changed):
    """The 1x1 convolution of the shortcut has no batch normalisation after it."""

    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__(in_channels, out_channels, stride)
        if isinstance(self.shortcut, nn.Sequential):
            self.shortcut = self.shortcut[0]


@RESIDUAL.add("convolutions-with-biases", section=SHORTCUT)
@on(right.residual)
class ConvolutionsWithBiases(_Changed):
    """The convolutions have biases; the batch normalisation after them brings its own."""

    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__(in_channels, out_channels, stride)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        if isinstance(self.shortcut, nn.Sequential):
            self.shortcut[0] = nn.Conv2d(in_channels, out_channels, 1, stride=stride)


@RESIDUAL.add("not-normalised", section=SHORTCUT)
@on(right.residual)
class NotNormalised(_Changed):
    """The second convolution has no batch normalisation after it; every convolution is normalised."""

    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__(in_channels, out_channels, stride)
        self.bn2 = nn.Identity()


@RESIDUAL.add("first-not-normalised", section=SHORTCUT)
@on(right.residual)
class FirstNotNormalised(_Changed):
    """The first convolution has no batch normalisation after it; every convolution is normalised."""

    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__(in_channels, out_channels, stride)
        self.bn1 = nn.Identity()


@RESIDUAL.add("relu-before-and-after-the-sum", section=SHORTCUT)
@on(right.residual)
class ReluBeforeAndAfterTheSum(_Changed):
    """A ReLU stands before the sum, too, so the block can only add, never take away; one after the sum is enough."""

    def forward(self, x):
        return functional.relu(functional.relu(self.change(x)) + self.shortcut(x))


@RESIDUAL.add("projection-of-3x3", section=SHORTCUT)
@on(right.residual)
class ProjectionOf3x3(_Changed):
    """The shortcut is projected by a 3x3 convolution; a 1x1 one is right there."""

    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__(in_channels, out_channels, stride)
        if isinstance(self.shortcut, nn.Sequential):
            self.shortcut[0] = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False)


@RESIDUAL.add("projection-with-a-relu", section=SHORTCUT)
@on(right.residual)
class ProjectionWithARelu(_Changed):
    """A ReLU follows the projection of the shortcut; the only ReLU outside of F comes after the sum."""

    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__(in_channels, out_channels, stride)
        if isinstance(self.shortcut, nn.Sequential):
            self.shortcut.append(nn.ReLU())


@RESIDUAL.add("projected-only-where-channels-change", section=SHORTCUT)
@on(right.residual)
class ProjectedOnlyWhereChannelsChange(_Changed):
    """The shortcut is projected only where the channels change; a stride changes the shape, too."""

    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__(in_channels, out_channels, stride)
        if in_channels == out_channels:
            self.shortcut = nn.Identity()


@RESIDUAL.add("normalised-before-the-convolutions", section=SHORTCUT)
@on(right.residual)
class NormalisedBeforeTheConvolutions(_Changed):
    """Normalisation and ReLU come before each convolution; here the order is convolution, normalisation, ReLU."""

    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__(in_channels, out_channels, stride)
        self.bn1, self.bn2 = nn.BatchNorm2d(in_channels), nn.BatchNorm2d(out_channels)

    def forward(self, x):
        change = self.conv2(functional.relu(self.bn2(self.conv1(functional.relu(self.bn1(x))))))
        return functional.relu(change + self.shortcut(x))
