"""Wrong turns in the repaired network. A wrong answer stands here as a student would write it."""

from __future__ import annotations

from torch import nn
from torch.nn import functional

from autograder.checks.api import Misconceptions, notebook, on

from ..lenet_model.misconceptions import MODEL, VIEWS, Parts
from . import reference as right
from .reference import RepairedLeNet, batch_after_view

BATCH_AFTER_VIEW = Misconceptions("lenet-repair", right.rows_of_views, student=notebook("batch_after_view"))


@BATCH_AFTER_VIEW.add("batch-unchanged", section=VIEWS)
@on(right.rows_of_views)
def batch_unchanged(batch):
    """The batch comes back as it was; with -1 a view takes as many rows as the numbers fill."""
    batch_after_view(batch)
    return batch


@BATCH_AFTER_VIEW.add("sizes-the-wrong-way", section=VIEWS)
@on(right.rows_of_views)
def sizes_the_wrong_way(batch):
    """The two sizes are exchanged: an image brings 16*5*5 numbers, and a row takes 16*4*4."""
    batch_after_view(batch)
    return batch * 256 // 400


@BATCH_AFTER_VIEW.add("images-lost", section=VIEWS)
@on(right.rows_of_views)
def images_lost(batch):
    """The rows that are too many were subtracted from the batch; every image makes more than one row."""
    return batch - (batch_after_view(batch) - batch)


@BATCH_AFTER_VIEW.add("remainder-dropped", section=VIEWS)
@on(right.rows_of_views)
def remainder_dropped(batch):
    """A batch whose numbers do not fill whole rows was rounded down; the view fails there, and a ValueError says so."""
    return batch * 400 // 256


@BATCH_AFTER_VIEW.add("remainder-in-a-row", section=VIEWS)
@on(right.rows_of_views)
def remainder_in_a_row(batch):
    """Numbers that do not fill a row got one; the view fails there, and a ValueError says so."""
    return -(-batch * 400 // 256)


@BATCH_AFTER_VIEW.add("a-fraction-of-a-row", section=VIEWS)
@on(right.rows_of_views)
def a_fraction_of_a_row(batch):
    """A fraction of a row came back; a view makes whole rows, or fails, and then a ValueError says so."""
    return batch * 400 / 256


HALF = "half a repair leaves a network that takes no image"
LENET_REPAIR = Misconceptions("lenet-repair", right.repaired, student=notebook("RepairedLeNet"))


class _Expects256(RepairedLeNet):
    """The repaired network, with a first dense layer for 256 numbers."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(256, 120)


@LENET_REPAIR.add("still-broken", section=VIEWS, price="nothing of the network is repaired")
@on(right.repaired)
class StillBroken(_Expects256):
    """The view(-1, 256) is still there, so that the rows are not the images."""

    def flat(self, x):
        return x.view(-1, 256)


@LENET_REPAIR.add("only-the-view", section=VIEWS, price=HALF, raises="RuntimeError")
@on(right.repaired)
class OnlyTheView(_Expects256):
    """Every image has a row of its own now, but the first dense layer still expects 16*4*4 numbers in it."""


@LENET_REPAIR.add("only-the-layer", section=VIEWS, price=HALF, raises="RuntimeError")
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


@LENET_REPAIR.add("maxima-pooled-to-four", section=VIEWS)
@on(right.repaired)
class MaximaPooledToFour(_Expects256):
    """The maps were pooled to maxima once more, to 4x4, until the old layer fitted; the layer is what has to change."""

    def flat(self, x):
        return super().flat(functional.adaptive_max_pool2d(x, 4))


@LENET_REPAIR.add("image-resized-to-28", section=VIEWS)
@on(right.repaired)
class ImageResizedTo28(_Expects256):
    """The image was resized to 28x28 until the old layer fitted; the layer is what has to change."""

    def forward(self, x):
        return super().forward(functional.interpolate(x, (28, 28), mode="bilinear"))


@LENET_REPAIR.add("image-thinned-to-28", section=VIEWS)
@on(right.repaired)
class ImageThinnedTo28(_Expects256):
    """Rows and columns of the image were left out, down to 28x28, until the old layer fitted; the layer is what has to
    change."""

    def forward(self, x):
        return super().forward(functional.interpolate(x, (28, 28)))


@LENET_REPAIR.add("maps-mixed-up", section=VIEWS)
@on(right.repaired)
class MapsMixedUp(RepairedLeNet):
    """The maps were moved to the last axis before they were flattened, so the numbers stand in another order."""

    def flat(self, x):
        return super().flat(x.permute(0, 2, 3, 1))


@LENET_REPAIR.add("lenet-5-instead", section=VIEWS)
@on(right.repaired)
class LeNet5Instead(Parts):
    """This is LeNet-5, with tanh and averages; the network to repair has ReLUs and takes maxima."""


@LENET_REPAIR.add("relu-on-the-scores", section=VIEWS)
@on(right.repaired)
class ReluOnTheScores(RepairedLeNet):
    """A ReLU follows the last layer, which has none in the network to repair."""

    def forward(self, x):
        return functional.relu(super().forward(x))


_NETWORK = """
import torch
from torch import nn
from torch.nn import functional as F

class {name}(nn.Module):
    def __init__(self):
{init}        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc1(torch.flatten(x, start_dim=1)))
        {last}self.fc3(F.relu(self.fc2(x)))
{after}"""
_RIGHT = {"name": "RepairedLeNet", "init": "        super().__init__()\n", "last": "return ", "after": ""}


def _written(**changes):
    """The repaired network as a notebook has it, with a part changed."""
    return _NETWORK.format(**(_RIGHT | changes))


LENET_REPAIR.add_source(
    "init-of-module-forgotten",
    "`super().__init__()` is missing at the start of `__init__`: without it a module can have no layers.",
    _written(init=""), section=MODEL, price="no network can be made", raises="AttributeError",
)
LENET_REPAIR.add_source(
    "return-forgotten",
    "The network's `forward` gives back nothing: its last line needs a `return`.",
    _written(last="scores = "), section=MODEL, price="the network gives nothing",
)
LENET_REPAIR.add_source(
    "instance-for-class",
    "RepairedLeNet is a network already; the class itself is asked for, without parentheses after its name.",
    _written(name="Net", after="\nRepairedLeNet = Net()\n"), section=MODEL,
    price="the class that is asked for is not there",
)
