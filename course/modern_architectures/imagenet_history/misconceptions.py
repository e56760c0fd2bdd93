"""Wrong turns in the history of ImageNet."""

from __future__ import annotations

from autograder.checks.api import Misconceptions

from . import reference as right
from .reference import WEIGHTS

IMAGENET_HISTORY = Misconceptions("imagenet-history", right.imagenet_history, answer=True)
HISTORY = "Ten years of ImageNet"
OLD, NEW = WEIGHTS["AlexNet"], WEIGHTS["EfficientNet-B7"]


def _but(**wrong):
    return right.imagenet_history() | wrong


@IMAGENET_HISTORY.add("accuracies-not-errors", section=HISTORY)
def accuracies_not_errors():
    """This is the ratio of the accuracies; the task asks for the errors, which are what is missing to 100 %."""
    return _but(error_ratio=NEW[0] / OLD[0])


@IMAGENET_HISTORY.add("top5-not-top1", section=HISTORY)
def top5_not_top1():
    """These are top-5 errors; the task is about top-1."""
    recipe, resnet = WEIGHTS["ResNet-50, newer recipe"], WEIGHTS["ResNet-50"]
    return _but(
        error_ratio=(100 - OLD[1]) / (100 - NEW[1]), saved_per_million=(NEW[1] - OLD[1]) / (NEW[2] - OLD[2]),
        recipe_share=(recipe[1] - resnet[1]) / (NEW[1] - resnet[1]),
    )


@IMAGENET_HISTORY.add("ratio-upside-down", section=HISTORY)
def ratio_upside_down():
    """The ratio is upside down: the network that is named first belongs above the line."""
    table = right.imagenet_history()
    return _but(error_ratio=1 / table["error_ratio"], parameter_ratio=1 / table["parameter_ratio"])


@IMAGENET_HISTORY.add("all-parameters", section=HISTORY)
def all_parameters():
    """The error saved was shared out among all of EfficientNet-B7's parameters, not those it has more than AlexNet."""
    return _but(saved_per_million=(NEW[0] - OLD[0]) / NEW[2])


@IMAGENET_HISTORY.add("most-saved-at-any-price", section=HISTORY)
def most_saved_at_any_price():
    """This network saves most in all; per additional multiply-add another one saves more."""
    return _but(most_saved_per_multiply_add="EfficientNet-B7")




@IMAGENET_HISTORY.add("share-of-the-error", section=HISTORY)
def share_of_the_error():
    """The recipe's gain was taken as a share of ResNet-50's error; the task asks for its share of the way to B7."""
    recipe = WEIGHTS["ResNet-50, newer recipe"][0] - WEIGHTS["ResNet-50"][0]
    return _but(recipe_share=recipe / right.top1_error("ResNet-50"))


@IMAGENET_HISTORY.add("percent-not-a-share", section=HISTORY)
def percent_not_a_share():
    """This is in percent; a share lies between 0 and 1."""
    return _but(recipe_share=100 * right.imagenet_history()["recipe_share"])
