"""Wrong turns in assignment 06's modules. A wrong answer stands here as a student would write it."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from ..diagnosis import Misconceptions
from ..reference import architectures_torch as right
from ..reference.architectures_torch import (
    InceptionModule,
    ResidualBlock,
    SegmentationHead,
    SeparableConv2d,
    SqueezeExcite,
    conv_relu,
)
from .runs import notebook, on

# --- inception ---------------------------------------------------------------------------------------------------

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


@INCEPTION.add("branches-in-another-order", section=BRANCHES)
@on(right.inception)
class BranchesInAnotherOrder(InceptionModule):
    """The branches are joined in another order: 1x1, 3x3, 5x5 and pooling is the order asked for."""

    def forward(self, x):
        return torch.cat([self.pool(x), self.one(x), self.three(x), self.five(x)], dim=1)


@INCEPTION.add("average-pooling", section=BRANCHES)
@on(right.inception)
class AveragePooling(InceptionModule):
    """The pooling branch takes averages; it is max pooling."""

    def __init__(self, in_channels, **counts):
        super().__init__(in_channels, **counts)
        self.pool[0] = nn.AvgPool2d(3, stride=1, padding=1)


@INCEPTION.add("projection-before-pooling", section=BRANCHES)
@on(right.inception)
class ProjectionBeforePooling(InceptionModule):
    """The 1x1 convolution of the last branch comes before the pooling; it belongs after."""

    def __init__(self, in_channels, **counts):
        super().__init__(in_channels, **counts)
        self.pool = nn.Sequential(self.pool[1], self.pool[0])


@INCEPTION.add("no-reduction", section=BRANCHES)
@on(right.inception)
class NoReduction(InceptionModule):
    """The 3x3 and 5x5 convolutions read the input itself; a 1x1 convolution is to reduce its channels first."""

    def __init__(self, in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj):
        super().__init__(in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj)
        self.three, self.five = conv_relu(in_channels, c3, 3), conv_relu(in_channels, c5, 5)


@INCEPTION.add("pooling-not-projected", section=BRANCHES)
@on(right.inception)
class PoolingNotProjected(InceptionModule):
    """The pooling branch has no 1x1 convolution after it, so all channels of the input come out."""

    def __init__(self, in_channels, **counts):
        super().__init__(in_channels, **counts)
        self.pool = self.pool[0]


# --- residual ----------------------------------------------------------------------------------------------------

RESIDUAL = Misconceptions("residual", right.residual, student=notebook("ResidualBlock"))
SHORTCUT = "Residual connections"


class _Changed(ResidualBlock):
    """A residual block by its parts, for the wrong turns below."""

    def change(self, x):
        return self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))


@RESIDUAL.add("no-shortcut", section=SHORTCUT)
@on(right.residual)
class NoShortcut(_Changed):
    """The input is not added: these are two plain convolutions."""

    def forward(self, x):
        return functional.relu(self.change(x))


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


@RESIDUAL.add("always-a-projection", section=SHORTCUT)
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


# --- squeeze-excite ----------------------------------------------------------------------------------------------

SQUEEZE_EXCITE = Misconceptions("squeeze-excite", right.squeeze_excite, student=notebook("SqueezeExcite"))
GATES = "Squeeze and excitation"


class _Gated(SqueezeExcite):
    """Squeeze and excitation by its parts, for the wrong turns below."""

    def squeezed(self, x):
        return x.mean(dim=(2, 3))

    def gate(self, hidden):
        return torch.sigmoid(hidden)

    def factors(self, x):
        return self.gate(self.excite(functional.relu(self.squeeze(self.squeezed(x)))))[:, :, None, None]

    def forward(self, x):
        return x * self.factors(x)


@SQUEEZE_EXCITE.add("maximum-instead-of-mean", section=GATES)
@on(right.squeeze_excite)
class MaximumInsteadOfMean(_Gated):
    """The channels were squeezed to their maxima; their means are asked for."""

    def squeezed(self, x):
        return x.amax(dim=(2, 3))


@SQUEEZE_EXCITE.add("mean-over-the-batch", section=GATES)
@on(right.squeeze_excite)
class MeanOverTheBatch(_Gated):
    """The means were taken over all images of the batch; every image has factors of its own."""

    def squeezed(self, x):
        return x.mean(dim=(0, 2, 3))[None].expand(len(x), -1)


@SQUEEZE_EXCITE.add("softmax-instead-of-sigmoid", section=GATES)
@on(right.squeeze_excite)
class SoftmaxInsteadOfSigmoid(_Gated):
    """A softmax makes the channels compete; a sigmoid lets each be large or small by itself."""

    def gate(self, hidden):
        return torch.softmax(hidden, dim=1)


@SQUEEZE_EXCITE.add("no-sigmoid", section=GATES)
@on(right.squeeze_excite)
class NoSigmoid(_Gated):
    """The factors are not between 0 and 1: the sigmoid is missing."""

    def gate(self, hidden):
        return hidden


@SQUEEZE_EXCITE.add("no-relu-in-the-middle", section=GATES)
@on(right.squeeze_excite)
class NoReluInTheMiddle(_Gated):
    """Between the two dense layers the ReLU is missing, so that they could as well be one."""

    def factors(self, x):
        return torch.sigmoid(self.excite(self.squeeze(self.squeezed(x))))[:, :, None, None]


@SQUEEZE_EXCITE.add("factors-added", section=GATES)
@on(right.squeeze_excite)
class FactorsAdded(_Gated):
    """The factors were added to the channels; they scale them."""

    def forward(self, x):
        return x + self.factors(x)


@SQUEEZE_EXCITE.add("input-added-again", section=GATES)
@on(right.squeeze_excite)
class InputAddedAgain(_Gated):
    """The input was added to the scaled channels; that is the residual block's task, not this one's."""

    def forward(self, x):
        return x + x * self.factors(x)


@SQUEEZE_EXCITE.add("factors-alone", section=GATES)
@on(right.squeeze_excite)
class FactorsAlone(_Gated):
    """The factors were returned, not the scaled channels."""

    def forward(self, x):
        return self.factors(x).expand_as(x)


@SQUEEZE_EXCITE.add("nothing-reduced", section=GATES)
@on(right.squeeze_excite)
class NothingReduced(_Gated):
    """The hidden layer has as many units as there are channels; the reduction was not used."""

    def __init__(self, channels, reduction=16):
        super().__init__(channels, 1)


# --- separable ---------------------------------------------------------------------------------------------------

SEPARABLE = Misconceptions("separable", right.separable, student=notebook("SeparableConv2d"))
SEPARATED = "Depthwise separable convolutions"


@SEPARABLE.add("plain-convolution", section=SEPARATED)
@on(right.separable)
class PlainConvolution(nn.Module):
    """This is one plain convolution: every kernel reaches through all channels."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=False)

    def forward(self, x):
        return self.conv(x)


@SEPARABLE.add("not-grouped", section=SEPARATED)
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


@SEPARABLE.add("pointwise-first", section=SEPARATED)
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


# --- dense-to-conv -----------------------------------------------------------------------------------------------

DENSE_TO_CONV = Misconceptions("dense-to-conv", right.convolved, student=notebook("dense_to_conv"))
WINDOWS = "A dense layer is a convolution"


def _conv_with(linear, channels, height, width, weight):
    conv = nn.Conv2d(channels, linear.out_features, (height, width), bias=linear.bias is not None).to(weight.dtype)
    with torch.no_grad():
        conv.weight.copy_(weight)
        if linear.bias is not None:
            conv.bias.copy_(linear.bias)
    return conv


@DENSE_TO_CONV.add("channels-last-order", section=WINDOWS)
@on(right.convolved)
def channels_last_order(linear, channels, height, width):
    """The weights were taken as (height, width, channels); flattening in PyTorch goes channel by channel."""
    weight = linear.weight.reshape(-1, height, width, channels).permute(0, 3, 1, 2)
    return _conv_with(linear, channels, height, width, weight)


@DENSE_TO_CONV.add("height-and-width-swapped", section=WINDOWS)
@on(right.convolved)
def height_and_width_swapped(linear, channels, height, width):
    """Height and width of the kernel changed places."""
    return _conv_with(linear, channels, width, height, linear.weight.reshape(-1, channels, width, height))


@DENSE_TO_CONV.add("bias-forgotten", section=WINDOWS)
@on(right.convolved)
def bias_forgotten(linear, channels, height, width):
    """The dense layer's bias was not taken over."""
    conv = nn.Conv2d(channels, linear.out_features, (height, width), bias=False).to(linear.weight.dtype)
    with torch.no_grad():
        conv.weight.copy_(linear.weight.reshape(conv.weight.shape))
    return conv


@DENSE_TO_CONV.add("padded", section=WINDOWS)
@on(right.convolved)
def padded(linear, channels, height, width):
    """The convolution pads its input, so windows hang over the border."""
    conv = right.dense_to_conv(linear, channels, height, width)
    conv.padding = (height // 2, width // 2)
    conv._reversed_padding_repeated_twice = [width // 2, width // 2, height // 2, height // 2]
    return conv


@DENSE_TO_CONV.add("windows-side-by-side", section=WINDOWS)
@on(right.convolved)
def windows_side_by_side(linear, channels, height, width):
    """The windows lie side by side, with the kernel's size as the stride; they are to move on by one pixel."""
    conv = right.dense_to_conv(linear, channels, height, width)
    conv.stride = (height, width)
    return conv


@DENSE_TO_CONV.add("kernel-turned-round", section=WINDOWS)
@on(right.convolved)
def kernel_turned_round(linear, channels, height, width):
    """The kernel was turned by 180 degrees; frameworks do not turn it."""
    weight = linear.weight.reshape(-1, channels, height, width).flip(2, 3)
    return _conv_with(linear, channels, height, width, weight)


# --- upsample ----------------------------------------------------------------------------------------------------

BILINEAR_KERNEL = Misconceptions("upsample", right.bilinear_kernel)
ENLARGING = "Enlarging a map"


@BILINEAR_KERNEL.add("nearest-neighbour", section=ENLARGING)
def nearest_neighbour(factor):
    """All weights are alike, which repeats pixels; bilinear weights fall from the centre."""
    return torch.ones(2 * factor - factor % 2, 2 * factor - factor % 2)


@BILINEAR_KERNEL.add("sum-of-one", section=ENLARGING)
def sum_of_one(factor):
    """The weights add up to 1; each pixel is spread over factor x factor others, so they add up to that."""
    return right.bilinear_kernel(factor) / factor**2


@BILINEAR_KERNEL.add("centre-of-an-odd-kernel", section=ENLARGING)
def centre_of_an_odd_kernel(factor):
    """The centre lies on a pixel; a kernel of even size has it between two."""
    size = 2 * factor - factor % 2
    side = 1 - torch.abs(torch.arange(size) - (factor - 1)) / factor
    return side[:, None] * side[None, :]


@BILINEAR_KERNEL.add("distances-added", section=ENLARGING)
def distances_added(factor):
    """The weights of row and column were averaged; bilinear weights are their product."""
    size = 2 * factor - factor % 2
    side = 1 - torch.abs(torch.arange(size) - (size - 1) / 2) / factor
    return (side[:, None] + side[None, :]) / 2


@BILINEAR_KERNEL.add("always-twice-the-factor", section=ENLARGING)
def always_twice_the_factor(factor):
    """For an odd factor the kernel is one pixel smaller than twice the factor, so that it has a middle."""
    size = 2 * factor
    side = 1 - torch.abs(torch.arange(size) - (size - 1) / 2) / factor
    return side[:, None] * side[None, :]


SEGMENTATION_HEAD = Misconceptions("upsample", right.segmentation, student=notebook("SegmentationHead"))
SKIPPING = "The skip connection"


@SEGMENTATION_HEAD.add("skip-forgotten", section=SKIPPING)
@on(right.segmentation)
class SkipForgotten(SegmentationHead):
    """The high-resolution map was not used, so the detail does not come back."""

    def forward(self, low, high):
        return functional.interpolate(self.score_low(low), high.shape[2:], mode="bilinear", align_corners=False)


@SEGMENTATION_HEAD.add("pixels-repeated", section=SKIPPING)
@on(right.segmentation)
class PixelsRepeated(SegmentationHead):
    """The coarse scores were enlarged by repeating pixels, not bilinearly."""

    def forward(self, low, high):
        return functional.interpolate(self.score_low(low), high.shape[2:], mode="nearest") + self.score_high(high)


@SEGMENTATION_HEAD.add("corners-aligned", section=SKIPPING)
@on(right.segmentation)
class CornersAligned(SegmentationHead):
    """The corners of both maps were laid on each other (`align_corners=True`), which moves everything in between."""

    def forward(self, low, high):
        coarse = functional.interpolate(self.score_low(low), high.shape[2:], mode="bilinear", align_corners=True)
        return coarse + self.score_high(high)


@SEGMENTATION_HEAD.add("probabilities-not-scores", section=SKIPPING)
@on(right.segmentation)
class ProbabilitiesNotScores(SegmentationHead):
    """A softmax was applied; the head returns scores (logits), and the loss does the rest."""

    def forward(self, low, high):
        return torch.softmax(super().forward(low, high), dim=1)


@SEGMENTATION_HEAD.add("scores-of-the-low-size", section=SKIPPING)
@on(right.segmentation)
class ScoresOfTheLowSize(SegmentationHead):
    """The result has the size of the low-resolution map; it is to have the other one's."""

    def forward(self, low, high):
        fine = functional.interpolate(self.score_high(high), low.shape[2:], mode="bilinear", align_corners=False)
        return self.score_low(low) + fine


@SEGMENTATION_HEAD.add("maps-joined", section=SKIPPING)
@on(right.segmentation)
class MapsJoined(nn.Module):
    """The maps were joined and scored by one convolution with one bias; here each is scored by itself, then added."""

    def __init__(self, low_channels, high_channels, num_classes):
        super().__init__()
        self.score = nn.Conv2d(low_channels + high_channels, num_classes, 1)

    def forward(self, low, high):
        low = functional.interpolate(low, high.shape[2:], mode="bilinear", align_corners=False)
        return self.score(torch.cat([low, high], dim=1))
