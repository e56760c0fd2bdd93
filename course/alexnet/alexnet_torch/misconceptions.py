"""Wrong turns with AlexNet in PyTorch. Each is a whole wrong answer, as a student would write it."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from autograder.checks.api import Misconceptions, notebook, on

from . import reference as right
from .reference import AlexNet

ALEXNET_TORCH = Misconceptions("alexnet-torch", right.alexnet_in_torch, student=notebook("AlexNet"))
NETWORK, DETAILS = "AlexNet in PyTorch", "AlexNet, layer by layer"

RELUS, NORMS, POOLS = (1, 5, 9, 11, 13), (2, 6), (3, 7, 14)  # places in `features` of the reference


def replace(sequence: nn.Sequential, places: tuple[int, ...], make: object) -> None:
    """Puts a new module in these places."""
    for place in places:
        sequence[place] = make()


@ALEXNET_TORCH.add("relu-on-the-logits", section=NETWORK)
@on(right.alexnet_in_torch)
class ReluOnTheLogits(AlexNet):
    """The last layer is followed by a ReLU, which makes every negative logit 0."""

    def forward(self, x):
        return functional.relu(super().forward(x))


@ALEXNET_TORCH.add("softmax-in-the-network", section=NETWORK)
@on(right.alexnet_in_torch)
class SoftmaxInTheNetwork(AlexNet):
    """The network ends in a softmax; it should return logits, because the loss applies the softmax itself."""

    def forward(self, x):
        return torch.softmax(super().forward(x), dim=1)


@ALEXNET_TORCH.add("log-softmax-in-the-network", section=NETWORK)
@on(right.alexnet_in_torch)
class LogSoftmaxInTheNetwork(AlexNet):
    """The network ends in a logarithmic softmax; it should return the logits themselves."""

    def forward(self, x):
        return torch.log_softmax(super().forward(x), dim=1)


@ALEXNET_TORCH.add("groups-forgotten", section=NETWORK)
@on(right.alexnet_in_torch)
class GroupsForgotten(AlexNet):
    """The argument `groups` changes nothing: all layers see all maps."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes)


@ALEXNET_TORCH.add("groups-in-the-wrong-layers", section=NETWORK)
@on(right.alexnet_in_torch)
class GroupsInTheWrongLayers(AlexNet):
    """The groups are in conv2, conv3, conv4 and conv5; conv3 is the layer in which the two halves meet."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, groups)
        self.features[8] = nn.Conv2d(256, 384, 3, padding=1, groups=groups)


@ALEXNET_TORCH.add("groups-always-two", section=NETWORK)
@on(right.alexnet_in_torch)
class GroupsAlwaysTwo(AlexNet):
    """The network has two groups whatever the argument says; one is the default."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, 2)


@ALEXNET_TORCH.add("made-for-224-pixels", section=DETAILS)
@on(right.alexnet_in_torch)
class MadeFor224Pixels(AlexNet):
    """The first convolution is padded, as in versions for 224 pixels; 227 pixels fit without padding."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, groups)
        self.features[0] = nn.Conv2d(3, 96, 11, stride=4, padding=2)


@ALEXNET_TORCH.add("torchvision-filters", section=DETAILS)
@on(right.alexnet_in_torch)
class TorchvisionFilters(AlexNet):
    """The first layers have 64 and 192 filters: that is torchvision's narrower network, not the paper's."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, groups)
        self.features[0] = nn.Conv2d(3, 64, 11, stride=4)
        self.features[4] = nn.Conv2d(64, 192, 5, padding=2, groups=groups)
        self.features[8] = nn.Conv2d(192, 384, 3, padding=1)


@ALEXNET_TORCH.add("lrn-missing", section=DETAILS)
@on(right.alexnet_in_torch)
class LrnMissing(AlexNet):
    """There is no local response normalisation."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, groups)
        replace(self.features, NORMS, nn.Identity)


@ALEXNET_TORCH.add("lrn-once", section=DETAILS)
@on(right.alexnet_in_torch)
class LrnOnce(AlexNet):
    """Local response normalisation follows conv1 alone; conv2 has one too."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, groups)
        self.features[NORMS[1]] = nn.Identity()


@ALEXNET_TORCH.add("lrn-before-relu", section=DETAILS)
@on(right.alexnet_in_torch)
class LrnBeforeRelu(AlexNet):
    """Local response normalisation comes before the ReLU, so that negative numbers count among the neighbours."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, groups)
        for place in NORMS:
            self.features[place - 1], self.features[place] = self.features[place], self.features[place - 1]


@ALEXNET_TORCH.add("lrn-after-pooling", section=DETAILS)
@on(right.alexnet_in_torch)
class LrnAfterPooling(AlexNet):
    """Local response normalisation comes after the pooling; in the paper it comes before."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, groups)
        for place in NORMS:
            self.features[place], self.features[place + 1] = self.features[place + 1], self.features[place]


def _lrn_with(*arguments: float, **options: float) -> type[AlexNet]:
    """AlexNet with other arguments of `torch.nn.LocalResponseNorm`."""

    class OtherNorm(AlexNet):
        def __init__(self, num_classes=1000, groups=1):
            super().__init__(num_classes, groups)
            replace(self.features, NORMS, lambda: nn.LocalResponseNorm(*arguments, **options))

    return OtherNorm


def _add_lrn(id: str, sentence: str, *arguments: float, **options: float) -> None:
    answer = _lrn_with(*arguments, **options)
    answer.__doc__ = sentence
    ALEXNET_TORCH.add(id, section=DETAILS)(on(right.alexnet_in_torch)(answer))


_add_lrn("lrn-alpha-not-multiplied", "PyTorch divides LRN's alpha by its size, so with the paper's number it is 5 "
         "times too small.", 5, alpha=1e-4, beta=0.75, k=2.0)
_add_lrn("lrn-defaults", "LRN has the k that PyTorch takes if nothing is said; the paper has another one.",
         5, alpha=5e-4, beta=0.75)
_add_lrn("lrn-defaults-altogether", "LRN has PyTorch's alpha and k; the paper's are others.", 5)
_add_lrn("lrn-radius-for-size", "LRN has the radius, 2, as its size: in PyTorch `size` counts all channels of the sum, "
         "which are 5.", 2, alpha=2e-4, beta=0.75, k=2.0)
_add_lrn("lrn-size-for-radius", "LRN adds up 11 channels: the paper's n = 5 counts all of them, not those on each "
         "side.", 11, alpha=11e-4, beta=0.75, k=2.0)


@ALEXNET_TORCH.add("pooling-2x2", section=DETAILS)
@on(right.alexnet_in_torch)
class Pooling2x2(AlexNet):
    """The pooling windows are 2x2; AlexNet's are 3x3 and overlap."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, groups)
        replace(self.features, POOLS, lambda: nn.MaxPool2d(2, stride=2))


@ALEXNET_TORCH.add("average-pooling", section=DETAILS)
@on(right.alexnet_in_torch)
class AveragePooling(AlexNet):
    """The pooling takes averages, as LeNet-5 did; AlexNet takes maxima."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, groups)
        replace(self.features, POOLS, lambda: nn.AvgPool2d(3, stride=2))


@ALEXNET_TORCH.add("tanh-for-relu", section=DETAILS,
                   price="the given weights drive it to its ends, where two images may have the same logits")
@on(right.alexnet_in_torch)
class TanhForRelu(AlexNet):
    """The nonlinearity is tanh, as in LeNet-5; AlexNet has ReLUs."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, groups)
        replace(self.features, RELUS, nn.Tanh)
        replace(self.classifier, (3, 6), nn.Tanh)


@ALEXNET_TORCH.add("no-relu-between-dense-layers", section=DETAILS)
@on(right.alexnet_in_torch)
class NoReluBetweenDenseLayers(AlexNet):
    """fc6 and fc7 are not followed by a ReLU: three dense layers without one are no more than one layer."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, groups)
        replace(self.classifier, (3, 6), nn.Identity)


@ALEXNET_TORCH.add("flattened-channels-last", section=NETWORK)
@on(right.alexnet_in_torch)
class FlattenedChannelsLast(AlexNet):
    """The maps were brought to channels-last before they were flattened; PyTorch keeps the channels first."""

    def forward(self, x):
        maps = self.features(x).permute(0, 2, 3, 1)
        return self.classifier(maps.reshape(len(maps), -1))


class _AlwaysDropping(nn.Module):
    """Dropout by the function, whose argument `training` is true where nothing is said."""

    def forward(self, x):
        return functional.dropout(x)


@ALEXNET_TORCH.add("dropout-at-inference", section=NETWORK, price="while units are dropped, no logit is right")
@on(right.alexnet_in_torch)
class DropoutAtInference(AlexNet):
    """Dropout goes on at inference, so that the same image gets other scores every time."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, groups)
        replace(self.classifier, (1, 4), _AlwaysDropping)


DROPPED_TORCH = Misconceptions("alexnet-torch", right.dropped_in_torch, student=notebook("AlexNet"))


@DROPPED_TORCH.add("dropout-missing", section=DETAILS)
@on(right.dropped_in_torch)
class DropoutMissing(AlexNet):
    """Nothing is dropped in training."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, groups)
        replace(self.classifier, (1, 4), nn.Identity)


@DROPPED_TORCH.add("dropout-after-fc6-and-fc7", section=DETAILS)
@on(right.dropped_in_torch)
class DropoutAfter(AlexNet):
    """Dropout stands after fc6 and fc7, so the inputs of fc7 and fc8 are dropped; here it comes before fc6 and fc7."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, groups)
        flat, drop, fc6, relu6, drop7, fc7, relu7, fc8 = self.classifier
        self.classifier = nn.Sequential(flat, fc6, relu6, drop, fc7, relu7, drop7, fc8)


@DROPPED_TORCH.add("dropout-before-every-dense-layer", section=DETAILS)
@on(right.dropped_in_torch)
class DropoutBeforeEvery(AlexNet):
    """Dropout comes before all three dense layers; the last one has none."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, groups)
        self.classifier.insert(7, nn.Dropout(0.5))


@DROPPED_TORCH.add("dropout-once", section=DETAILS)
@on(right.dropped_in_torch)
class DropoutOnce(AlexNet):
    """Dropout comes before one of the two dense layers only."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, groups)
        self.classifier[4] = nn.Identity()


@DROPPED_TORCH.add("dropout-on-the-convolutions", section=DETAILS)
@on(right.dropped_in_torch)
class DropoutOnTheConvolutions(AlexNet):
    """Dropout stands among the convolutions too; AlexNet drops inputs of dense layers alone."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, groups)
        self.features.insert(8, nn.Dropout(0.5))


@DROPPED_TORCH.add("dropout-at-another-rate", section=DETAILS)
@on(right.dropped_in_torch)
class DropoutAtAnotherRate(AlexNet):
    """The rate of the dropout is not the paper's, one half."""

    def __init__(self, num_classes=1000, groups=1):
        super().__init__(num_classes, groups)
        replace(self.classifier, (1, 4), lambda: nn.Dropout(0.2))
