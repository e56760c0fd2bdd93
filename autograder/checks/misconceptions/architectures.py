"""Wrong turns in assignment 06, as far as they need no framework."""

from __future__ import annotations

import numpy as np

from ..diagnosis import Misconceptions
from ..reference import architectures as right

# --- separable-saving --------------------------------------------------------------------------------------------

SEPARABLE_SAVING = Misconceptions("separable-saving", right.separable_saving, answer=True)
SAVING = "Depthwise separable convolutions"


def _saving(plain, separable, height, width):
    return {
        "plain_parameters": plain, "separable_parameters": separable,
        "plain_multiply_adds": plain * height * width, "separable_multiply_adds": separable * height * width,
    }


@SEPARABLE_SAVING.add("depthwise-alone", section=SAVING)
def depthwise_alone(in_channels, out_channels, kernel, height, width):
    """Only the depthwise half was counted; a 1x1 convolution follows that mixes the channels."""
    return _saving(kernel**2 * in_channels * out_channels, kernel**2 * in_channels, height, width)


@SEPARABLE_SAVING.add("pointwise-alone", section=SAVING)
def pointwise_alone(in_channels, out_channels, kernel, height, width):
    """Only the 1x1 half was counted; the depthwise kernels come before it."""
    return _saving(kernel**2 * in_channels * out_channels, in_channels * out_channels, height, width)


@SEPARABLE_SAVING.add("depthwise-kernels-per-output", section=SAVING)
def depthwise_kernels_per_output(in_channels, out_channels, kernel, height, width):
    """The depthwise kernels were counted for every output channel; there is one for each input channel."""
    separable = kernel**2 * out_channels + in_channels * out_channels
    return _saving(kernel**2 * in_channels * out_channels, separable, height, width)


@SEPARABLE_SAVING.add("biases-counted", section=SAVING)
def biases_counted(in_channels, out_channels, kernel, height, width):
    """Biases were counted; the task leaves them out."""
    table = right.separable_saving(in_channels, out_channels, kernel, height, width)
    plain = table["plain_parameters"] + out_channels
    return table | {
        "plain_parameters": plain, "separable_parameters": table["separable_parameters"] + in_channels + out_channels,
    }


@SEPARABLE_SAVING.add("positions-forgotten", section=SAVING)
def positions_forgotten(in_channels, out_channels, kernel, height, width):
    """The multiply-adds are those of one position; every weight is used at each position of the output."""
    table = right.separable_saving(in_channels, out_channels, kernel, height, width)
    return table | {
        "plain_multiply_adds": table["plain_parameters"],
        "separable_multiply_adds": table["separable_parameters"],
    }


@SEPARABLE_SAVING.add("side-of-the-kernel", section=SAVING)
def side_of_the_kernel(in_channels, out_channels, kernel, height, width):
    """The kernel's side was taken for its size; it is square and has side times side weights."""
    separable = kernel * in_channels + in_channels * out_channels
    return _saving(kernel * in_channels * out_channels, separable, height, width)


@SEPARABLE_SAVING.add("halves-multiplied", section=SAVING)
def halves_multiplied(in_channels, out_channels, kernel, height, width):
    """The two halves were multiplied; they run one after the other, so their costs add up."""
    separable = kernel**2 * in_channels * in_channels * out_channels
    return _saving(kernel**2 * in_channels * out_channels, separable, height, width)


# --- mean-iou ----------------------------------------------------------------------------------------------------


def _as_mean_iou(solve):
    """The notebook's function, which gets tensors."""

    def mean_iou(prediction, target, num_classes, ignore_index=None):
        return solve(np.asarray(prediction), np.asarray(target), num_classes, ignore_index)

    return {"mean_iou": mean_iou}


MEAN_IOU = Misconceptions("mean-iou", right.mean_iou, student=_as_mean_iou)
OVERLAP = "Scoring a segmentation"


def _scores(prediction, target, num_classes, ignore_index, score):
    """Mean of `score(predicted, true)` over the classes for which it is not None."""
    counted = np.ones(target.shape, bool) if ignore_index is None else target != ignore_index
    values = [
        score((prediction == label) & counted, (target == label) & counted) for label in range(num_classes)
    ]
    values = [value for value in values if value is not None]
    return float(np.mean(values)) if values else float("nan")


def _iou(predicted, true):
    union = np.sum(predicted | true)
    return np.sum(predicted & true) / union if union else None


@MEAN_IOU.add("accuracy-instead", section=OVERLAP)
def accuracy_instead(prediction, target, num_classes, ignore_index=None):
    """This is the share of pixels that are right, in which a large background hides everything else."""
    counted = np.ones(target.shape, bool) if ignore_index is None else target != ignore_index
    return float(np.mean(prediction[counted] == target[counted]))


@MEAN_IOU.add("dice-instead", section=OVERLAP)
def dice_instead(prediction, target, num_classes, ignore_index=None):
    """The intersection was counted twice over the sum of both areas, which is the Dice score."""
    return _scores(prediction, target, num_classes, ignore_index,
                   lambda p, t: 2 * np.sum(p & t) / (p.sum() + t.sum()) if p.any() or t.any() else None)


@MEAN_IOU.add("intersection-counted-twice", section=OVERLAP)
def intersection_counted_twice(prediction, target, num_classes, ignore_index=None):
    """The two areas were added up for the union, so that the pixels in both count twice."""
    return _scores(prediction, target, num_classes, ignore_index,
                   lambda p, t: np.sum(p & t) / (p.sum() + t.sum()) if p.any() or t.any() else None)


@MEAN_IOU.add("recall-instead", section=OVERLAP)
def recall_instead(prediction, target, num_classes, ignore_index=None):
    """The intersection was divided by the true area only, so that predicting too much costs nothing."""
    return _scores(prediction, target, num_classes, ignore_index,
                   lambda p, t: np.sum(p & t) / t.sum() if t.any() else None)


@MEAN_IOU.add("absent-class-is-zero", section=OVERLAP)
def absent_class_is_zero(prediction, target, num_classes, ignore_index=None):
    """A class that neither has was counted as 0; it says nothing, and does not count."""
    return _scores(prediction, target, num_classes, ignore_index, lambda p, t: _iou(p, t) or 0.0)


@MEAN_IOU.add("absent-class-is-one", section=OVERLAP)
def absent_class_is_one(prediction, target, num_classes, ignore_index=None):
    """A class that neither has was counted as 1; it says nothing, and does not count."""

    def score(predicted, true):
        return _iou(predicted, true) if (predicted | true).any() else 1.0

    return _scores(prediction, target, num_classes, ignore_index, score)


@MEAN_IOU.add("only-classes-of-the-target", section=OVERLAP)
def only_classes_of_the_target(prediction, target, num_classes, ignore_index=None):
    """A class that was predicted but is not there was left out; its IoU is 0, and it counts."""
    return _scores(prediction, target, num_classes, ignore_index, lambda p, t: _iou(p, t) if t.any() else None)


@MEAN_IOU.add("ignored-pixels-counted", section=OVERLAP)
def ignored_pixels_counted(prediction, target, num_classes, ignore_index=None):
    """The pixels to ignore still counted: what was predicted there entered a union."""
    return _scores(prediction, target, num_classes, None, _iou)


@MEAN_IOU.add("ignored-class-left-out", section=OVERLAP)
def ignored_class_left_out(prediction, target, num_classes, ignore_index=None):
    """The class of that number was left out of the mean, and its pixels still counted for the others."""
    values = [_iou(prediction == label, target == label) for label in range(num_classes) if label != ignore_index]
    values = [value for value in values if value is not None]
    return float(np.mean(values)) if values else float("nan")


# --- imagenet-history --------------------------------------------------------------------------------------------

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
