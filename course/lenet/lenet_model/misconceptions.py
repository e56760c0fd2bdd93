"""Wrong turns in LeNet-5. A wrong answer stands here as a student would write it."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from autograder.checks.api import Misconceptions, notebook, on

from . import reference as right

LENET_MODEL = Misconceptions("lenet-model", right.lenet, student=notebook("LeNet5"))
MODEL = "LeNet-5 in PyTorch"
VIEWS = "A view that swallows the batch"
NOTHING_RUNS = "the network cannot take the images that it is for"


class Parts(nn.Module):
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


@LENET_MODEL.add("sixteen-maps-of-four", section=MODEL, price=NOTHING_RUNS, raises="RuntimeError")
@on(right.lenet)
class SixteenMapsOfFour(Parts):
    """The first dense layer expects 16*4*4 numbers, as a 28x28 image would make them; 32x32 makes 16*5*5."""

    features = 16 * 4 * 4


@LENET_MODEL.add("view-of-256", section=VIEWS, price=NOTHING_RUNS, raises="RuntimeError")
@on(right.lenet)
class ViewOf256(Parts):
    """A view(-1, 256) cuts the batch's numbers into rows of 256, so that an image no longer has a row of its own."""

    features = 16 * 4 * 4

    def flat(self, x):
        return x.view(-1, 256)


@LENET_MODEL.add("batch-flattened", section=VIEWS, price=NOTHING_RUNS, raises="RuntimeError")
@on(right.lenet)
class BatchFlattened(Parts):
    """The batch was flattened with the maps, so that all images end in one row."""

    def flat(self, x):
        return torch.flatten(x)


@LENET_MODEL.add("batch-of-one-squeezed", section=VIEWS)
@on(right.lenet)
class BatchOfOneSqueezed(Parts):
    """A squeeze takes away every axis of length one, and with a single image that is the batch too."""

    def flat(self, x):
        return super().flat(x).squeeze()


@LENET_MODEL.add("softmax-at-the-end", section=MODEL)
@on(right.lenet)
class SoftmaxAtTheEnd(Parts):
    """The network ends in a softmax; it returns logits, and the cross-entropy of PyTorch has the softmax in it."""

    def scores(self, x):
        return functional.softmax(self.fc3(x), dim=1)


@LENET_MODEL.add("log-softmax-at-the-end", section=MODEL)
@on(right.lenet)
class LogSoftmaxAtTheEnd(Parts):
    """The network ends in a log-softmax; it returns logits, as they leave the last layer."""

    def scores(self, x):
        return functional.log_softmax(self.fc3(x), dim=1)


@LENET_MODEL.add("relu-on-the-logits", section=MODEL)
@on(right.lenet)
class ReluOnTheLogits(Parts):
    """A ReLU follows the last layer, so that no logit can be negative."""

    def scores(self, x):
        return functional.relu(self.fc3(x))


@LENET_MODEL.add("tanh-on-the-logits", section=MODEL)
@on(right.lenet)
class TanhOnTheLogits(Parts):
    """A tanh follows the last layer, so that the logits cannot leave (-1, 1), and no class can become sure."""

    def scores(self, x):
        return torch.tanh(self.fc3(x))


@LENET_MODEL.add("sigmoid-for-tanh", section=MODEL)
@on(right.lenet)
class SigmoidForTanh(Parts):
    """The activations are sigmoids; LeNet-5's are tanh, which are zero at zero."""

    def activation(self, x):
        return torch.sigmoid(x)


@LENET_MODEL.add("relu-for-tanh", section=MODEL)
@on(right.lenet)
class ReluForTanh(Parts):
    """The activations are ReLUs, which came later; LeNet-5's are tanh."""

    def activation(self, x):
        return functional.relu(x)


@LENET_MODEL.add("scaled-tanh", section=MODEL)
@on(right.lenet)
class ScaledTanh(Parts):
    """The activation is the paper's 1.7159 tanh(2x / 3); this task asks for the plain tanh."""

    def activation(self, x):
        return 1.7159 * torch.tanh(2 * x / 3)


@LENET_MODEL.add("no-activation", section=MODEL)
@on(right.lenet)
class NoActivation(Parts):
    """There is no activation at all: layers that are all linear are together no more than one."""

    def activation(self, x):
        return x


@LENET_MODEL.add("no-tanh-after-convolutions", section=MODEL)
@on(right.lenet)
class NoTanhAfterConvolutions(Parts):
    """The convolutions have no tanh after them."""

    def maps(self, x):
        return self.pool(self.conv2(self.pool(self.conv1(x))))


@LENET_MODEL.add("no-tanh-after-dense-layers", section=MODEL)
@on(right.lenet)
class NoTanhAfterDenseLayers(Parts):
    """C5 and F6 have no tanh after them."""

    def hidden(self, x):
        return self.fc2(self.fc1(x))


@LENET_MODEL.add("no-tanh-after-f6", section=MODEL)
@on(right.lenet)
class NoTanhAfterF6(Parts):
    """F6 has no tanh after it; all layers but the last have one."""

    def hidden(self, x):
        return self.fc2(self.activation(self.fc1(x)))


@LENET_MODEL.add("no-tanh-after-c5", section=MODEL)
@on(right.lenet)
class NoTanhAfterC5(Parts):
    """C5 has no tanh after it; all layers but the last have one."""

    def hidden(self, x):
        return self.activation(self.fc2(self.fc1(x)))


@LENET_MODEL.add("no-tanh-after-c1", section=MODEL)
@on(right.lenet)
class NoTanhAfterC1(Parts):
    """C1 has no tanh after it; all layers but the last have one."""

    def maps(self, x):
        return self.pool(self.activation(self.conv2(self.pool(self.conv1(x)))))


@LENET_MODEL.add("no-tanh-after-c3", section=MODEL)
@on(right.lenet)
class NoTanhAfterC3(Parts):
    """C3 has no tanh after it; all layers but the last have one."""

    def maps(self, x):
        return self.pool(self.conv2(self.pool(self.activation(self.conv1(x)))))


@LENET_MODEL.add("a-second-tanh-after-pooling", section=MODEL)
@on(right.lenet)
class ASecondTanhAfterPooling(Parts):
    """A tanh stands before the pooling and a second one after it; one is enough, before."""

    def pool(self, x):
        return self.activation(super().pool(x))


@LENET_MODEL.add("max-pooling", section=MODEL)
@on(right.lenet)
class MaxPooling(Parts):
    """The pooling takes maxima; LeNet-5's takes averages."""

    def pool(self, x):
        return functional.max_pool2d(x, 2)


@LENET_MODEL.add("tanh-after-pooling", section=MODEL)
@on(right.lenet)
class TanhAfterPooling(Parts):
    """The tanh comes after the pooling; with averages the order matters, and here tanh comes first."""

    def maps(self, x):
        x = self.activation(self.pool(self.conv1(x)))
        return self.activation(self.pool(self.conv2(x)))


@LENET_MODEL.add("first-convolution-padded", section=MODEL)
@on(right.lenet)
class FirstConvolutionPadded(Parts):
    """The first convolution pads its image, which is needed for 28x28 images; these are 32x32 already."""

    padding = 2
    features = 16 * 6 * 6


@LENET_MODEL.add("first-convolution-padded-and-cut", section=MODEL)
@on(right.lenet)
class FirstConvolutionPaddedAndCut(Parts):
    """The first convolution pads its image, and the maps were pooled to 5x5 so that the dense layers fit; without the
    padding they do by themselves."""

    padding = 2

    def flat(self, x):
        return super().flat(functional.adaptive_avg_pool2d(x, 5))


@LENET_MODEL.add("a-dense-layer-missing", section=MODEL)
@on(right.lenet)
class ADenseLayerMissing(Parts):
    """C5 is missing: between the maps and the ten logits are two dense layers, of 120 and 84 units."""

    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(400, 84), nn.Identity()

    def hidden(self, x):
        return self.activation(self.fc1(x))


@LENET_MODEL.add("dropout-added", section=MODEL)
@on(right.lenet)
class DropoutAdded(Parts):
    """In training the network computes something else: LeNet-5 has neither dropout nor batch normalisation."""

    def hidden(self, x):
        return functional.dropout(super().hidden(x), 0.5, self.training)


@LENET_MODEL.add("layers-in-a-list", section=MODEL, price="PyTorch can train no convolution of it")
@on(right.lenet)
class LayersInAList(Parts):
    """PyTorch does not find the convolutions: those in a Python list, or made anew in `forward`, have no part in
    training."""

    def __init__(self):
        super().__init__()
        self.convolutions = [self.conv1, self.conv2]
        del self.conv1, self.conv2

    def maps(self, x):
        for convolution in self.convolutions:
            x = self.pool(self.activation(convolution(x)))
        return x


@LENET_MODEL.add("all-layers-in-a-list", section=MODEL, price="PyTorch can train nothing of it")
@on(right.lenet)
class AllLayersInAList(Parts):
    """PyTorch finds no parameters: layers that stand in a Python list or dict, or are made anew in `forward`, are none
    of the network's."""

    def __init__(self):
        super().__init__()
        self.all = [self.conv1, self.conv2, self.fc1, self.fc2, self.fc3]
        del self.conv1, self.conv2, self.fc1, self.fc2, self.fc3

    def forward(self, x):
        conv1, conv2, fc1, fc2, fc3 = self.all
        x = self.pool(self.activation(conv2(self.pool(self.activation(conv1(x))))))
        return fc3(self.activation(fc2(self.activation(fc1(self.flat(x))))))


_TORCH = "import torch\nfrom torch import nn\nfrom torch.nn import functional as F\n"
_LAYERS = """        self.c1, self.c3 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.c5, self.f6, self.output = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)
"""
_FORWARD = """    def forward(self, x):
        x = F.avg_pool2d(torch.tanh(self.c1(x)), 2)
        x = F.avg_pool2d(torch.tanh(self.c3(x)), 2)
        x = torch.tanh(self.c5(torch.flatten(x, start_dim=1)))
"""
_INIT = "    def __init__(self):\n        super().__init__()\n"


def network_source(name: str, *, init: str = _INIT, last: str = "return ", after: str = "") -> str:
    """A notebook's LeNet-5 under that name, with other beginnings of its two methods, and more code below."""
    head = f"class {name}(nn.Module):\n{init}"
    return f"{_TORCH}{head}{_LAYERS}{_FORWARD}        {last}self.output(torch.tanh(self.f6(x)))\n{after}"


LENET_MODEL.add_source(
    "init-of-module-forgotten",
    "`super().__init__()` is missing at the start of `__init__`: without it a module can have no layers.",
    network_source("LeNet5", init="    def __init__(self):\n"),
    section=MODEL, price="no network can be made", raises="AttributeError",
)
LENET_MODEL.add_source(
    "return-forgotten",
    "The network's `forward` gives back nothing: its last line needs a `return`.",
    network_source("LeNet5", last="scores = "),
    section=MODEL, price="the network gives nothing",
)
LENET_MODEL.add_source(
    "instance-for-class",
    "LeNet5 is a network already; the class itself is asked for, without parentheses after its name.",
    network_source("Net", after="\nLeNet5 = Net()\n"),
    section=MODEL, price="no second network can be made of it, and so none can be trained",
)
