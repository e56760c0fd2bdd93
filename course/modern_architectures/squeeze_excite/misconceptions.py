"""Wrong turns in squeeze and excitation. A wrong answer stands here as a student would write it."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from autograder.checks.api import Misconceptions, notebook, on

from . import reference as right
from .reference import SqueezeExcite

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


class _OneAxis(_Gated):
    """Means along one axis of the map: every column, or every row, gets factors of its own."""

    axis: int

    def factors(self, x):
        means = x.mean(dim=self.axis).transpose(1, 2)
        factors = self.gate(self.excite(functional.relu(self.squeeze(means))))
        return factors.transpose(1, 2).unsqueeze(self.axis)


@SQUEEZE_EXCITE.add("mean-over-the-height-alone", section=GATES)
@on(right.squeeze_excite)
class MeanOverTheHeightAlone(_OneAxis):
    """The means were taken over the height alone, so that every column has factors of its own; a channel has one
    mean, over all positions."""

    axis = 2


@SQUEEZE_EXCITE.add("mean-over-the-width-alone", section=GATES)
@on(right.squeeze_excite)
class MeanOverTheWidthAlone(_OneAxis):
    """The means were taken over the width alone, so that every row has factors of its own; a channel has one mean,
    over all positions."""

    axis = 3


@SQUEEZE_EXCITE.add(
    "softmax-instead-of-sigmoid", section=GATES, price="without a sigmoid no factor lies between 0 and 1, for any input"
)
@on(right.squeeze_excite)
class SoftmaxInsteadOfSigmoid(_Gated):
    """A softmax makes the channels compete; a sigmoid lets each be large or small by itself."""

    def gate(self, hidden):
        return torch.softmax(hidden, dim=1)


@SQUEEZE_EXCITE.add(
    "no-sigmoid", section=GATES, price="without a sigmoid no factor lies between 0 and 1, for any input"
)
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


@SQUEEZE_EXCITE.add("factors-added", section=GATES, price="no channel is scaled")
@on(right.squeeze_excite)
class FactorsAdded(_Gated):
    """The factors were added to the channels; they scale them."""

    def forward(self, x):
        return x + self.factors(x)


@SQUEEZE_EXCITE.add("input-added-again", section=GATES, price="no channel is scaled by its factor")
@on(right.squeeze_excite)
class InputAddedAgain(_Gated):
    """The input was added to the scaled channels; that is the residual block's task, not this one's."""

    def forward(self, x):
        return x + x * self.factors(x)


@SQUEEZE_EXCITE.add("factors-alone", section=GATES, price="no channel is scaled")
@on(right.squeeze_excite)
class FactorsAlone(_Gated):
    """The factors were returned, not the scaled channels."""

    def forward(self, x):
        return self.factors(x).expand_as(x)


@SQUEEZE_EXCITE.add("nothing-reduced", section=GATES, price="the layers have other sizes, so other weights")
@on(right.squeeze_excite)
class NothingReduced(_Gated):
    """The hidden layer has as many units as there are channels; the reduction was not used."""

    def __init__(self, channels, reduction=16):
        super().__init__(channels, 1)


@SQUEEZE_EXCITE.add("no-biases", section=GATES)
@on(right.squeeze_excite)
class NoBiases(_Gated):
    """The two dense layers have no biases."""

    def __init__(self, channels, reduction=16):
        super().__init__(channels, reduction)
        hidden = max(1, channels // reduction)
        self.squeeze, self.excite = nn.Linear(channels, hidden, bias=False), nn.Linear(hidden, channels, bias=False)


@SQUEEZE_EXCITE.add("hard-sigmoid", section=GATES, price="every factor but one half is another")
@on(right.squeeze_excite)
class HardSigmoid(_Gated):
    """The factors come from a hard sigmoid, which is made of straight lines; a sigmoid is asked for."""

    def gate(self, hidden):
        return functional.hardsigmoid(hidden)

