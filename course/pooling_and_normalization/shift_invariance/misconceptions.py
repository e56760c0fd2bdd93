"""Wrong turns with the sensitivity to shifts."""

from __future__ import annotations

import numpy as np

from autograder.checks.api import Misconceptions

from ..max_pooling.reference import as_float
from . import reference as right

SHIFTS = "A little invariance to shifts"

SHIFT_INVARIANCE = Misconceptions("shift-invariance", right.shift_sensitivity)


def _sensitivity(features, images, moved, relative):
    """The mean over images of `relative(features before, features after)`, both as flat vectors."""
    before, after = (as_float(features(batch)).reshape(len(images), -1) for batch in (images, moved))
    with np.errstate(all="ignore"):
        return float(np.mean([relative(a, b) for a, b in zip(before, after, strict=True)]))


def _moved(images, shift, axis=2):
    width = images.shape[axis]
    moved = np.moveaxis(np.zeros_like(images), axis, 0)
    moved[shift:] = np.moveaxis(images, axis, 0)[: max(width - shift, 0)]
    return np.moveaxis(moved, 0, axis)


def _norms(before, after):
    size, change = np.linalg.norm(before), np.linalg.norm(after - before)
    return 0.0 if size == 0 and change == 0 else np.divide(change, size)


@SHIFT_INVARIANCE.add("rolled-around", section=SHIFTS)
def rolled_around(features, images, shift):
    """What left the image on the right came in again on the left; zeros come in."""
    return _sensitivity(features, images, np.roll(images, shift, axis=2), _norms)


@SHIFT_INVARIANCE.add("moved-to-the-left", section=SHIFTS)
def moved_to_the_left(features, images, shift):
    """The images moved to the left; they should move to the right, so zeros come in from the left."""
    return _sensitivity(features, images, _moved(images[:, :, ::-1], shift)[:, :, ::-1], _norms)


@SHIFT_INVARIANCE.add("moved-down", section=SHIFTS)
def moved_down(features, images, shift):
    """The images moved down; columns are axis 2 of a batch, and they should move to the right."""
    return _sensitivity(features, images, _moved(images, shift, axis=1), _norms)


@SHIFT_INVARIANCE.add("edge-comes-in", section=SHIFTS)
def edge_comes_in(features, images, shift):
    """The first column was repeated where zeros come in."""
    moved = _moved(images, shift)
    moved[:, :, :shift] = images[:, :, :1]
    return _sensitivity(features, images, moved, _norms)


@SHIFT_INVARIANCE.add("one-norm-for-the-batch", section=SHIFTS)
def one_norm_for_the_batch(features, images, shift):
    """One norm was taken over the whole batch, so bright images count more; it is the mean of each image's ratio."""
    before, after = as_float(features(images)), as_float(features(_moved(images, shift)))
    return float(_norms(before.ravel(), after.ravel()))


@SHIFT_INVARIANCE.add("relative-to-the-shifted", section=SHIFTS)
def relative_to_the_shifted(features, images, shift):
    """The change was divided by the size of the shifted images' features; the unshifted ones are the measure."""
    return _sensitivity(
        features, images, _moved(images, shift),
        lambda a, b: 0.0 if not a.any() and not b.any() else np.divide(np.linalg.norm(b - a), np.linalg.norm(b)),
    )


@SHIFT_INVARIANCE.add("norm-not-rooted", section=SHIFTS)
def norm_not_rooted(features, images, shift):
    """The squares were summed and the root was never taken: an L2 norm is the root of the sum of squares."""
    return _sensitivity(features, images, _moved(images, shift), lambda a, b: _norms(a, b) ** 2)


@SHIFT_INVARIANCE.add("absolute-values-summed", section=SHIFTS)
def absolute_values_summed(features, images, shift):
    """Absolute values were summed, which is the L1 norm; the L2 norm is asked for."""
    return _sensitivity(
        features, images, _moved(images, shift),
        lambda a, b: 0.0 if not a.any() and not b.any() else np.divide(np.abs(b - a).sum(), np.abs(a).sum()),
    )


@SHIFT_INVARIANCE.add("absolute-change", section=SHIFTS)
def absolute_change(features, images, shift):
    """The change was not divided by the size of the features, so that features of another scale look more sensitive."""
    return _sensitivity(features, images, _moved(images, shift), lambda a, b: np.linalg.norm(b - a))


@SHIFT_INVARIANCE.add("blank-left-out", section=SHIFTS)
def blank_left_out(features, images, shift):
    """Images without any features were left out of the mean; nothing changed in them, so each counts as a 0."""
    before, after = as_float(features(images)), as_float(features(_moved(images, shift)))
    ratios = [_norms(a.ravel(), b.ravel()) for a, b in zip(before, after, strict=True) if a.any() or b.any()]
    return float(np.mean(ratios)) if ratios else 0.0


@SHIFT_INVARIANCE.add("features-never-asked", section=SHIFTS, price="what should be measured was never asked")
def features_never_asked(features, images, shift):
    """The images themselves were compared; it is `features(images)` and `features(moved images)` that are."""
    return _sensitivity(lambda images: images, images, _moved(images, shift), _norms)


@SHIFT_INVARIANCE.add("summed-over-the-images", section=SHIFTS)
def summed_over_the_images(solve, features, images, shift):
    """The images' sensitivities were added up; their mean is asked for."""
    return solve(features, images, shift) * len(images)


@SHIFT_INVARIANCE.add("zero-by-zero", section=SHIFTS)
def zero_by_zero(features, images, shift):
    """An image without any features gave 0 / 0, which is NaN; where both norms are 0 nothing changed: it counts 0."""
    return _sensitivity(
        features, images, _moved(images, shift),
        lambda a, b: np.divide(np.linalg.norm(b - a), np.linalg.norm(a)),
    )


@SHIFT_INVARIANCE.add("unsigned-difference", section=SHIFTS)
def unsigned_difference(features, images, shift):
    """The features were subtracted as unsigned integers, where 3 - 5 is 254; make them floats before."""
    before, after = features(images), features(_moved(images, shift))
    change = (after - before).reshape(len(images), -1).astype(float)
    size = np.linalg.norm(before.reshape(len(images), -1).astype(float), axis=1)
    with np.errstate(all="ignore"):
        return float(np.nan_to_num(np.linalg.norm(change, axis=1) / size).mean())
