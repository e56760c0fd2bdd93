"""Wrong turns in the repaired network. A wrong answer stands here as a student would write it."""

from __future__ import annotations

from torch import nn
from torch.nn import functional

from autograder.checks.api import Misconceptions, notebook, on

from ..lenet_model.misconceptions import VIEWS, Parts
from . import reference as right
from .reference import RepairedLeNet

BATCH_AFTER_VIEW = Misconceptions("lenet-repair", right.batch_after_view)


@BATCH_AFTER_VIEW.add("batch-unchanged", section=VIEWS)
def batch_unchanged(solve, batch):
    """The batch comes back as it was; with -1 a view takes as many rows as the numbers fill."""
    solve(batch)
    return batch


@BATCH_AFTER_VIEW.add("sizes-the-wrong-way", section=VIEWS)
def sizes_the_wrong_way(solve, batch):
    """The two sizes are exchanged: an image brings 16*5*5 numbers, and a row takes 16*4*4."""
    solve(batch)
    return batch * 256 // 400


@BATCH_AFTER_VIEW.add("images-lost", section=VIEWS)
def images_lost(solve, batch):
    """The rows that are too many were subtracted from the batch; every image makes more than one row."""
    return batch - (solve(batch) - batch)


BATCH_AFTER_VIEW.add_source(
    "remainder-dropped",
    "A batch whose numbers do not fill whole rows was rounded; the view fails there, and a ValueError is to say so.",
    "def batch_after_view(batch):\n    return batch * 400 // 256\n",
    section=VIEWS,
)
BATCH_AFTER_VIEW.add_source(
    "a-fraction-of-a-row",
    "A fraction of a row came back; a view makes whole rows, or fails.",
    "def batch_after_view(batch):\n    return batch * 400 / 256\n",
    section=VIEWS,
)

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
class LeNet5Instead(Parts):
    """This is LeNet-5, with tanh and averages; the network to repair has ReLUs and takes maxima."""


@LENET_REPAIR.add("relu-on-the-scores", section=VIEWS)
@on(right.repaired)
class ReluOnTheScores(RepairedLeNet):
    """A ReLU follows the last layer, which has none in the network to repair."""

    def forward(self, x):
        return functional.relu(super().forward(x))
