"""Wrong turns in scoring a segmentation."""

from __future__ import annotations

import numpy as np

from autograder.checks.api import Misconceptions

from . import reference as right


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


@MEAN_IOU.add("accuracy-instead", section=OVERLAP, price="another score altogether")
def accuracy_instead(prediction, target, num_classes, ignore_index=None):
    """This is the share of pixels that are right, in which a large background hides everything else."""
    counted = np.ones(target.shape, bool) if ignore_index is None else target != ignore_index
    return float(np.mean(prediction[counted] == target[counted]))


@MEAN_IOU.add("dice-instead", section=OVERLAP, price="another score altogether")
def dice_instead(prediction, target, num_classes, ignore_index=None):
    """The intersection was counted twice over the sum of both areas, which is the Dice score."""
    return _scores(prediction, target, num_classes, ignore_index,
                   lambda p, t: 2 * np.sum(p & t) / (p.sum() + t.sum()) if p.any() or t.any() else None)


@MEAN_IOU.add("intersection-counted-twice", section=OVERLAP, price="another score altogether")
def intersection_counted_twice(prediction, target, num_classes, ignore_index=None):
    """The two areas were added up for the union, so that the pixels in both count twice."""
    return _scores(prediction, target, num_classes, ignore_index,
                   lambda p, t: np.sum(p & t) / (p.sum() + t.sum()) if p.any() or t.any() else None)


@MEAN_IOU.add("recall-instead", section=OVERLAP, price="another score altogether")
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


@MEAN_IOU.add("ignored-in-the-target-alone", section=OVERLAP)
def ignored_in_the_target_alone(prediction, target, num_classes, ignore_index=None):
    """The pixels to ignore were taken out of the target only: what was predicted there still entered a union."""
    counted = np.ones(target.shape, bool) if ignore_index is None else target != ignore_index
    values = [_iou(prediction == label, (target == label) & counted) for label in range(num_classes)]
    values = [value for value in values if value is not None]
    return float(np.mean(values)) if values else float("nan")


@MEAN_IOU.add("class-0-never-ignored", section=OVERLAP)
def class_0_never_ignored(prediction, target, num_classes, ignore_index=None):
    """With an `ignore_index` of 0 nothing was ignored: `if ignore_index:` takes 0 for none; compare it with `None`."""
    return _scores(prediction, target, num_classes, ignore_index or None, _iou)


@MEAN_IOU.add("one-iou-for-all-classes", section=OVERLAP, price="another score altogether")
def one_iou_for_all_classes(prediction, target, num_classes, ignore_index=None):
    """All classes went into one intersection and one union; each is scored by itself, and the mean is taken."""
    counted = np.ones(target.shape, bool) if ignore_index is None else target != ignore_index
    hits = np.sum(prediction[counted] == target[counted])
    union = 2 * counted.sum() - hits
    return float(hits / union) if union else float("nan")


@MEAN_IOU.add("image-by-image", section=OVERLAP, price="another score altogether")
def image_by_image(prediction, target, num_classes, ignore_index=None):
    """Every image (or row) was scored by itself; the pixels of a class count over the whole batch."""
    values = [
        _scores(np.asarray(p), np.asarray(t), num_classes, ignore_index, _iou)
        for p, t in zip(prediction, target, strict=True)
    ]
    values = [value for value in values if value == value]
    return float(np.mean(values)) if values else float("nan")


@MEAN_IOU.add("class-0-left-out", section=OVERLAP, price="every mean is taken over other classes")
def class_0_left_out(prediction, target, num_classes, ignore_index=None):
    """Class 0 was left out of the mean; the background is a class like the others."""
    counted = np.ones(target.shape, bool) if ignore_index is None else target != ignore_index
    values = [_iou((prediction == label) & counted, (target == label) & counted) for label in range(1, num_classes)]
    values = [value for value in values if value is not None]
    return float(np.mean(values)) if values else float("nan")
