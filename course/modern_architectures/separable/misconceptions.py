"""Wrong turns in a separable convolution. A wrong answer stands here as a student would write it."""

from __future__ import annotations

from torch import nn
from torch.nn import functional

from autograder.checks.api import Misconceptions, notebook, on

from . import reference as right
from .reference import SeparableConv2d

SEPARABLE = Misconceptions("separable", right.separable, student=notebook("SeparableConv2d"))
SEPARATED = "Depthwise separable convolutions"


@SEPARABLE.add("plain-convolution", section=SEPARATED, price="no convolution is depthwise")
@on(right.separable)
class PlainConvolution(nn.Module):
    """This is one plain convolution: every kernel reaches through all channels."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=False)

    def forward(self, x):
        return self.conv(x)


@SEPARABLE.add("not-grouped", section=SEPARATED, price="no convolution is depthwise")
@on(right.separable)
class NotGrouped(SeparableConv2d):
    """The first convolution mixes the channels; depthwise means that each is filtered by itself."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__(in_channels, out_channels, kernel_size, stride, padding)
        self.depthwise = nn.Conv2d(in_channels, in_channels, kernel_size, stride, padding, bias=False)


@SEPARABLE.add("with-biases", section=SEPARATED)
@on(right.separable)
class WithBiases(SeparableConv2d):
    """The convolutions have biases; here they have none."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__(in_channels, out_channels, kernel_size, stride, padding)
        self.depthwise = nn.Conv2d(in_channels, in_channels, kernel_size, stride, padding, groups=in_channels)
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1)


@SEPARABLE.add("relu-in-between", section=SEPARATED)
@on(right.separable)
class ReluInBetween(SeparableConv2d):
    """A ReLU stands between the two halves; there is none, and networks with one were found to learn worse."""

    def forward(self, x):
        return self.pointwise(functional.relu(self.depthwise(x)))


@SEPARABLE.add("pointwise-first", section=SEPARATED, price="the halves have other weights")
@on(right.separable)
class PointwiseFirst(nn.Module):
    """The channels are mixed before they are filtered; depthwise comes first here."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1, bias=False)
        self.depthwise = nn.Conv2d(out_channels, out_channels, kernel_size, stride, padding, groups=out_channels,
                                   bias=False)

    def forward(self, x):
        return self.depthwise(self.pointwise(x))


@SEPARABLE.add("stride-in-the-pointwise-half", section=SEPARATED)
@on(right.separable)
class StrideInThePointwiseHalf(SeparableConv2d):
    """The stride was given to the 1x1 convolution, and to the other one too."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__(in_channels, out_channels, kernel_size, stride, padding)
        self.pointwise.stride = (stride, stride)


@SEPARABLE.add("padding-twice", section=SEPARATED)
@on(right.separable)
class PaddingTwice(SeparableConv2d):
    """The padding was given to the 1x1 convolution too, so a frame of zeros is added at the end."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__(in_channels, out_channels, kernel_size, stride, padding)
        self.pointwise.padding = (padding, padding)


@SEPARABLE.add("relu-at-the-end", section=SEPARATED)
@on(right.separable)
class ReluAtTheEnd(SeparableConv2d):
    """A ReLU stands after the pointwise half; there is none here, the network around it decides about that."""

    def forward(self, x):
        return functional.relu(super().forward(x))


@SEPARABLE.add(
    "padding-of-half-the-kernel", section=SEPARATED, price="where no padding is asked for, every size is off",
)
@on(right.separable)
class PaddingOfHalfTheKernel(SeparableConv2d):
    """The padding is always half the kernel's size; the argument `padding` says how much there is, and may say none."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__(in_channels, out_channels, kernel_size, stride, kernel_size // 2)
