"""Wrong turns in LeNet-5 and in the repaired network. A wrong answer stands here as a student would write it."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from ..diagnosis import Misconceptions
from ..reference import lenet_networks as right
from ..reference.lenet_networks import RepairedLeNet
from .runs import notebook, on

# --- lenet-model ---------------------------------------------------------------------------------------------------

LENET_MODEL = Misconceptions("lenet-model", right.lenet, student=notebook("LeNet5"))
MODEL = "LeNet-5 in PyTorch"
VIEWS = "A view that swallows the batch"


class _Parts(nn.Module):
    """LeNet-5 by its parts, for the wrong turns below."""

    padding = 0
    features = 400

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=self.padding)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(self.features, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def activation(self, x):
        return torch.tanh(x)

    def pool(self, x):
        return functional.avg_pool2d(x, 2)

    def maps(self, x):
        x = self.pool(self.activation(self.conv1(x)))
        return self.pool(self.activation(self.conv2(x)))

    def flat(self, x):
        return torch.flatten(x, start_dim=1)

    def hidden(self, x):
        return self.activation(self.fc2(self.activation(self.fc1(x))))

    def scores(self, x):
        return self.fc3(x)

    def forward(self, x):
        return self.scores(self.hidden(self.flat(self.maps(x))))


@LENET_MODEL.add("sixteen-maps-of-four", section=MODEL)
@on(right.lenet)
class SixteenMapsOfFour(_Parts):
    """The first dense layer expects 16*4*4 numbers, as a 28x28 image would make them; 32x32 makes 16*5*5."""

    features = 16 * 4 * 4


@LENET_MODEL.add("view-of-256", section=VIEWS)
@on(right.lenet)
class ViewOf256(_Parts):
    """A view(-1, 256) cuts the batch's numbers into rows of 256, so that an image no longer has a row of its own."""

    features = 16 * 4 * 4

    def flat(self, x):
        return x.view(-1, 256)


@LENET_MODEL.add("batch-flattened", section=VIEWS)
@on(right.lenet)
class BatchFlattened(_Parts):
    """The batch was flattened with the maps, so that all images end in one row."""

    def flat(self, x):
        return torch.flatten(x)


@LENET_MODEL.add("batch-of-one-squeezed", section=VIEWS)
@on(right.lenet)
class BatchOfOneSqueezed(_Parts):
    """A squeeze takes away every axis of length one, and with a single image that is the batch too."""

    def flat(self, x):
        return super().flat(x).squeeze()


@LENET_MODEL.add("softmax-at-the-end", section=MODEL)
@on(right.lenet)
class SoftmaxAtTheEnd(_Parts):
    """The network ends in a softmax; it returns logits, and the cross-entropy of PyTorch has the softmax in it."""

    def scores(self, x):
        return functional.softmax(self.fc3(x), dim=1)


@LENET_MODEL.add("log-softmax-at-the-end", section=MODEL)
@on(right.lenet)
class LogSoftmaxAtTheEnd(_Parts):
    """The network ends in a log-softmax; it returns logits, as they leave the last layer."""

    def scores(self, x):
        return functional.log_softmax(self.fc3(x), dim=1)


@LENET_MODEL.add("relu-on-the-logits", section=MODEL)
@on(right.lenet)
class ReluOnTheLogits(_Parts):
    """A ReLU follows the last layer, so that no logit can be negative."""

    def scores(self, x):
        return functional.relu(self.fc3(x))


@LENET_MODEL.add("tanh-on-the-logits", section=MODEL)
@on(right.lenet)
class TanhOnTheLogits(_Parts):
    """A tanh follows the last layer, so that the logits cannot leave (-1, 1), and no class can become sure."""

    def scores(self, x):
        return torch.tanh(self.fc3(x))


@LENET_MODEL.add("sigmoid-for-tanh", section=MODEL)
@on(right.lenet)
class SigmoidForTanh(_Parts):
    """The activations are sigmoids; LeNet-5's are tanh, which are zero at zero."""

    def activation(self, x):
        return torch.sigmoid(x)


@LENET_MODEL.add("relu-for-tanh", section=MODEL)
@on(right.lenet)
class ReluForTanh(_Parts):
    """The activations are ReLUs, which came later; LeNet-5's are tanh."""

    def activation(self, x):
        return functional.relu(x)


@LENET_MODEL.add("scaled-tanh", section=MODEL)
@on(right.lenet)
class ScaledTanh(_Parts):
    """The activation is the paper's 1.7159 tanh(2x / 3); this task asks for the plain tanh."""

    def activation(self, x):
        return 1.7159 * torch.tanh(2 * x / 3)


@LENET_MODEL.add("no-activation", section=MODEL)
@on(right.lenet)
class NoActivation(_Parts):
    """There is no activation at all: layers that are all linear are together no more than one."""

    def activation(self, x):
        return x


@LENET_MODEL.add("no-tanh-after-convolutions", section=MODEL)
@on(right.lenet)
class NoTanhAfterConvolutions(_Parts):
    """The convolutions have no tanh after them."""

    def maps(self, x):
        return self.pool(self.conv2(self.pool(self.conv1(x))))


@LENET_MODEL.add("no-tanh-after-dense-layers", section=MODEL)
@on(right.lenet)
class NoTanhAfterDenseLayers(_Parts):
    """C5 and F6 have no tanh after them."""

    def hidden(self, x):
        return self.fc2(self.fc1(x))


@LENET_MODEL.add("max-pooling", section=MODEL)
@on(right.lenet)
class MaxPooling(_Parts):
    """The pooling takes maxima; LeNet-5's takes averages."""

    def pool(self, x):
        return functional.max_pool2d(x, 2)


@LENET_MODEL.add("tanh-after-pooling", section=MODEL)
@on(right.lenet)
class TanhAfterPooling(_Parts):
    """The tanh comes after the pooling; with averages the order matters, and here tanh comes first."""

    def maps(self, x):
        x = self.activation(self.pool(self.conv1(x)))
        return self.activation(self.pool(self.conv2(x)))


@LENET_MODEL.add("first-convolution-padded", section=MODEL)
@on(right.lenet)
class FirstConvolutionPadded(_Parts):
    """The first convolution pads its image, which is needed for 28x28 images; these are 32x32 already."""

    padding = 2
    features = 16 * 6 * 6


@LENET_MODEL.add("a-dense-layer-missing", section=MODEL)
@on(right.lenet)
class ADenseLayerMissing(_Parts):
    """C5 is missing: between the maps and the ten logits are two dense layers, of 120 and 84 units."""

    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(400, 84), nn.Identity()

    def hidden(self, x):
        return self.activation(self.fc1(x))


@LENET_MODEL.add("dropout-added", section=MODEL)
@on(right.lenet)
class DropoutAdded(_Parts):
    """In training the network computes something else: LeNet-5 has neither dropout nor batch normalisation."""

    def hidden(self, x):
        return functional.dropout(super().hidden(x), 0.5, self.training)


@LENET_MODEL.add("layers-in-a-list", section=MODEL)
@on(right.lenet)
class LayersInAList(_Parts):
    """Convolutions stand in a Python list, where PyTorch does not find them: they have no part in training."""

    def __init__(self):
        super().__init__()
        self.convolutions = [self.conv1, self.conv2]
        del self.conv1, self.conv2

    def maps(self, x):
        for convolution in self.convolutions:
            x = self.pool(self.activation(convolution(x)))
        return x


# --- lenet-repair --------------------------------------------------------------------------------------------------

LENET_REPAIR = Misconceptions("lenet-repair", right.repaired, student=notebook("RepairedLeNet"))


class _Expects256(RepairedLeNet):
    """The repaired network, with a first dense layer for 256 numbers."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(256, 120)


@LENET_REPAIR.add("still-broken", section=VIEWS)
@on(right.repaired)
class StillBroken(_Expects256):
    """The view(-1, 256) is still there, so that the rows are not the images."""

    def flat(self, x):
        return x.view(-1, 256)


@LENET_REPAIR.add("only-the-view", section=VIEWS)
@on(right.repaired)
class OnlyTheView(_Expects256):
    """Every image has a row of its own now, but the first dense layer still expects 16*4*4 numbers in it."""


@LENET_REPAIR.add("only-the-layer", section=VIEWS)
@on(right.repaired)
class OnlyTheLayer(RepairedLeNet):
    """The first dense layer is right now, but the view still makes rows of 256 numbers."""

    def flat(self, x):
        return x.view(-1, 256)


@LENET_REPAIR.add("image-cut-to-28", section=VIEWS)
@on(right.repaired)
class ImageCutTo28(_Expects256):
    """The image's border was cut off until the old layer fitted; the network reads all of the 32x32 image."""

    def forward(self, x):
        return super().forward(x[:, :, 2:-2, 2:-2])


@LENET_REPAIR.add("numbers-thrown-away", section=VIEWS)
@on(right.repaired)
class NumbersThrownAway(_Expects256):
    """Each row was cut to 256 numbers until the old layer fitted; the others are lost."""

    def flat(self, x):
        return super().flat(x)[:, :256]


@LENET_REPAIR.add("pooled-to-four", section=VIEWS)
@on(right.repaired)
class PooledToFour(_Expects256):
    """The maps were pooled once more, to 4x4, until the old layer fitted; the layer is what has to change."""

    def flat(self, x):
        return super().flat(functional.adaptive_avg_pool2d(x, 4))


@LENET_REPAIR.add("maps-mixed-up", section=VIEWS)
@on(right.repaired)
class MapsMixedUp(RepairedLeNet):
    """The maps were moved to the last axis before they were flattened, so the numbers stand in another order."""

    def flat(self, x):
        return super().flat(x.permute(0, 2, 3, 1))


@LENET_REPAIR.add("lenet-5-instead", section=VIEWS)
@on(right.repaired)
class LeNet5Instead(_Parts):
    """This is LeNet-5, with tanh and averages; the network to repair has ReLUs and takes maxima."""


@LENET_REPAIR.add("relu-on-the-scores", section=VIEWS)
@on(right.repaired)
class ReluOnTheScores(RepairedLeNet):
    """A ReLU follows the last layer, which has none in the network to repair."""

    def forward(self, x):
        return functional.relu(super().forward(x))
