"""Wrong turns in enlarging a map. A wrong answer stands here as a student would write it."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from autograder.checks.api import Misconceptions, notebook, on

from . import reference as right
from .reference import SegmentationHead

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
    """The result has the size of the low-resolution map; it should have the other one's."""

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
