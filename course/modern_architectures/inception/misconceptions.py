"""Wrong turns in an inception module. A wrong answer stands here as a student would write it."""

from __future__ import annotations

import torch
from torch import nn

from autograder.checks.api import Misconceptions, notebook, on

from . import reference as right
from .reference import InceptionModule, conv_relu

INCEPTION = Misconceptions("inception", right.inception, student=notebook("InceptionModule"))
BRANCHES = "Inception: several kernels side by side"


@INCEPTION.add("no-relu-after-the-reduction", section=BRANCHES)
@on(right.inception)
class NoReluAfterTheReduction(InceptionModule):
    """The 1x1 convolutions that reduce have no ReLU; every convolution is followed by one."""

    def __init__(self, in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj):
        super().__init__(in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj)
        self.three[0] = self.three[0][0]
        self.five[0] = self.five[0][0]


@INCEPTION.add("no-relu-at-the-end", section=BRANCHES)
@on(right.inception)
class NoReluAtTheEnd(InceptionModule):
    """The last convolutions of the branches have no ReLU, so negative numbers come out."""

    def __init__(self, in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj):
        super().__init__(in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj)
        self.one = self.one[0]
        for branch in (self.three, self.five, self.pool):
            branch[1] = branch[1][0]


@INCEPTION.add("no-relu-at-all", section=BRANCHES)
@on(right.inception)
class NoReluAtAll(InceptionModule):
    """No convolution is followed by a ReLU."""

    def __init__(self, in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj):
        super().__init__(in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj)
        self.one = self.one[0]
        self.pool[1] = self.pool[1][0]
        for branch in (self.three, self.five):
            branch[0], branch[1] = branch[0][0], branch[1][0]


@INCEPTION.add("branches-in-another-order", section=BRANCHES, price="no output of the module is right, for any input")
@on(right.inception)
class BranchesInAnotherOrder(InceptionModule):
    """The branches are joined in another order: 1x1, 3x3, 5x5 and pooling is the order asked for."""

    def forward(self, x):
        return torch.cat([self.pool(x), self.one(x), self.three(x), self.five(x)], dim=1)


@INCEPTION.add("joined-along-the-batch", section=BRANCHES, price="the branches of an image are no longer together")
@on(right.inception)
class JoinedAlongTheBatch(InceptionModule):
    """The branches are joined along the batch, the first axis, as if they were further images; `dim=1` joins maps."""

    def forward(self, x):
        return torch.cat([self.one(x), self.three(x), self.five(x), self.pool(x)])


@INCEPTION.add("average-pooling", section=BRANCHES, price="no output of the module is right, for any input")
@on(right.inception)
class AveragePooling(InceptionModule):
    """The pooling branch takes averages; it is max pooling."""

    def __init__(self, in_channels, **counts):
        super().__init__(in_channels, **counts)
        self.pool[0] = nn.AvgPool2d(3, stride=1, padding=1)


@INCEPTION.add("projection-before-pooling", section=BRANCHES, price="no output of the module is right, for any input")
@on(right.inception)
class ProjectionBeforePooling(InceptionModule):
    """The 1x1 convolution of the last branch comes before the pooling; it belongs after."""

    def __init__(self, in_channels, **counts):
        super().__init__(in_channels, **counts)
        self.pool = nn.Sequential(self.pool[1], self.pool[0])


@INCEPTION.add("no-reduction", section=BRANCHES, price="two of four branches are others")
@on(right.inception)
class NoReduction(InceptionModule):
    """The 3x3 and 5x5 convolutions read the input itself; a 1x1 convolution should reduce its channels first."""

    def __init__(self, in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj):
        super().__init__(in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj)
        self.three, self.five = conv_relu(in_channels, c3, 3), conv_relu(in_channels, c5, 5)


@INCEPTION.add("pooling-not-projected", section=BRANCHES, price="other channels come out")
@on(right.inception)
class PoolingNotProjected(InceptionModule):
    """The pooling branch has no 1x1 convolution after it, so all channels of the input come out."""

    def __init__(self, in_channels, **counts):
        super().__init__(in_channels, **counts)
        self.pool = self.pool[0]


@INCEPTION.add("batch-normalised", section=BRANCHES)
@on(right.inception)
class BatchNormalised(InceptionModule):
    """The convolutions are followed by batch normalisation; here a ReLU is all that follows."""

    def __init__(self, in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj):
        super().__init__(in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj)
        for conv in (self.one, self.three[0], self.three[1], self.five[0], self.five[1], self.pool[1]):
            conv.insert(1, nn.BatchNorm2d(conv[0].out_channels))


@INCEPTION.add("three-by-three-for-five", section=BRANCHES, price="a quarter of the module is another convolution")
@on(right.inception)
class ThreeByThreeForFive(InceptionModule):
    """The 5x5 branch has a 3x3 convolution."""

    def __init__(self, in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj):
        super().__init__(in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj)
        self.five[1] = conv_relu(c5_reduce, c5, 3)


@INCEPTION.add("no-relu-after-the-projection", section=BRANCHES)
@on(right.inception)
class NoReluAfterTheProjection(InceptionModule):
    """The 1x1 convolution after the pooling has no ReLU; every convolution is followed by one."""

    def __init__(self, in_channels, **counts):
        super().__init__(in_channels, **counts)
        self.pool[1] = self.pool[1][0]
