"""Wrong turns in the history of ImageNet."""

from __future__ import annotations

from autograder.checks.api import Misconceptions

from . import reference as right

IMAGENET_HISTORY = Misconceptions("imagenet-history", right.imagenet_history, answer=True)
HISTORY = "Ten years of ImageNet"


def _changed(change):
    return {name: change(*entry) for name, entry in right.imagenet_history().items()}


@IMAGENET_HISTORY.add("errors-not-accuracies", section=HISTORY)
def errors_not_accuracies():
    """These are error rates; the task asks for accuracies."""
    return _changed(lambda top1, top5, millions: (100 - top1, 100 - top5, millions))


@IMAGENET_HISTORY.add("top5-first", section=HISTORY)
def top5_first():
    """Top-5 stands before top-1."""
    return _changed(lambda top1, top5, millions: (top5, top1, millions))


@IMAGENET_HISTORY.add("parameters-not-in-millions", section=HISTORY)
def parameters_not_in_millions():
    """The parameters are not in millions."""
    return _changed(lambda top1, top5, millions: (top1, top5, round(millions * 1e6)))


@IMAGENET_HISTORY.add("shares-not-percent", section=HISTORY)
def shares_not_percent():
    """The accuracies are shares of one; the task asks for percent."""
    return _changed(lambda top1, top5, millions: (top1 / 100, top5 / 100, millions))


@IMAGENET_HISTORY.add("the-newer-weights", section=HISTORY)
def the_newer_weights():
    """ResNet-50 has the second set of weights, trained with recipes that the paper's authors did not have."""
    return right.imagenet_history() | {"ResNet-50": (80.858, 95.434, 25.557032)}
