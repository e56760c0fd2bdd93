"""Wrong turns with what pooling does: its gradient, overlapping windows, and the sensitivity to shifts."""

from __future__ import annotations

import numpy as np

from ..diagnosis import Misconceptions
from ..reference import pooling as right

GRADIENT, OVERLAP, SHIFTS = "The gradient of max pooling", "Overlapping windows", "A little invariance to shifts"

POOLING_BACKWARD = Misconceptions("pooling-backward", right.max_pool_backward)


def _backward(grad_output, x, pool_size, stride, share):
    """Hands each window's gradient to its pixels by `share`, which maps a window to weights; shares add up."""
    kernel = right.pair(pool_size)
    step = kernel if stride is None else right.pair(stride)
    gradient = np.zeros(x.shape, dtype=right.as_float(x).dtype)
    for at in np.ndindex(*np.shape(grad_output)):
        *batch, row, column, channel = at
        rows = slice(row * step[0], row * step[0] + kernel[0])
        columns = slice(column * step[1], column * step[1] + kernel[1])
        place = (*batch, rows, columns, channel)
        gradient[place] += share(x[place]) * grad_output[at]
    return gradient


def _one(shape, index):
    weights = np.zeros(shape)
    weights[np.unravel_index(index, shape)] = 1
    return weights


@POOLING_BACKWARD.add("every-maximum", section=GRADIENT)
def every_maximum(grad_output, x, pool_size, stride=None):
    """Every pixel equal to the maximum got the whole gradient; where several tie, only the first one gets it."""
    return _backward(grad_output, x, pool_size, stride, lambda window: window == window.max())


@POOLING_BACKWARD.add("tie-is-split", section=GRADIENT)
def tie_is_split(grad_output, x, pool_size, stride=None):
    """The gradient was split among pixels that tie for the maximum; the first one in row-major order gets all of it."""
    return _backward(grad_output, x, pool_size, stride, lambda w: (w == w.max()) / (w == w.max()).sum())


@POOLING_BACKWARD.add("last-maximum", section=GRADIENT)
def last_maximum(grad_output, x, pool_size, stride=None):
    """Where pixels tie for the maximum, the last one got the gradient; the first in row-major order does."""
    return _backward(
        grad_output, x, pool_size, stride, lambda w: _one(w.shape, w.size - 1 - w[::-1, ::-1].argmax())
    )


@POOLING_BACKWARD.add("first-by-columns", section=GRADIENT)
def first_by_columns(grad_output, x, pool_size, stride=None):
    """Ties were broken column by column; row-major order goes through the first row, then the second."""
    return _backward(grad_output, x, pool_size, stride, lambda w: _one(w.T.shape, w.T.argmax()).T)


@POOLING_BACKWARD.add("spread-evenly", section=GRADIENT)
def spread_evenly(grad_output, x, pool_size, stride=None):
    """The gradient was spread over the whole window, as average pooling does; here one pixel decided the result."""
    return _backward(grad_output, x, pool_size, stride, lambda window: np.full(window.shape, 1 / window.size))


@POOLING_BACKWARD.add("overlap-overwrites", section=GRADIENT)
def overlap_overwrites(grad_output, x, pool_size, stride=None):
    """A pixel that is the maximum of several windows kept the last gradient only; it gets their sum."""
    gradient = np.zeros(x.shape, dtype=right.as_float(x).dtype)
    for at in np.ndindex(*np.shape(grad_output)):
        alone = np.zeros(np.shape(grad_output))
        alone[at] = 1
        hit = right.max_pool_backward(alone, x, pool_size, stride) != 0
        gradient[hit] = grad_output[at]
    return gradient


@POOLING_BACKWARD.add("times-the-value", section=GRADIENT)
def times_the_value(solve, grad_output, x, pool_size, stride=None):
    """The gradient was multiplied with the pixel's value; a maximum passes its gradient on unchanged."""
    return solve(grad_output, x, pool_size, stride) * x


@POOLING_BACKWARD.add("pool-size-as-stride", section=GRADIENT)
def backward_pool_size_as_stride(grad_output, x, pool_size, stride=None):
    """The windows moved by their own size although a stride was given: it only stands in when there is no stride."""
    kernel = right.pair(pool_size)
    inside = [(x.shape[axis] - 1) // kernel[axis + 3] + 1 for axis in (-3, -2)]
    return _backward(grad_output[..., : inside[0], : inside[1], :], x, pool_size, None,
                     lambda window: _one(window.shape, window.argmax()))


@POOLING_BACKWARD.add("integer-result", section=GRADIENT)
def backward_integer_result(solve, grad_output, x, pool_size, stride=None):
    """The gradient was written into an integer array, and its fractions were cut off; it is a float always."""
    result = solve(grad_output, x, pool_size, stride)
    return result if x.dtype.kind == "f" else result.astype(x.dtype)


@POOLING_BACKWARD.add("always-float64", section=GRADIENT)
def backward_always_float64(solve, grad_output, x, pool_size, stride=None):
    """The gradient of a float32 input became float64; it stays float32."""
    return solve(grad_output, x, pool_size, stride).astype(np.float64)


OVERLAPPING_POOLING = Misconceptions("overlapping-pooling", right.overlapping_pooling, answer=True)


@OVERLAPPING_POOLING.add("rounded-up", section=OVERLAP)
def rounded_up(solve):
    """The 2x2 windows do not fit into 55 pixels 27.5 times: what is left of the map is not pooled, so round down."""
    return solve() | {"size_2x2": 28}


@OVERLAPPING_POOLING.add("top1-and-top5-swapped", section=OVERLAP)
def top1_and_top5_swapped(solve):
    """The gains in top-1 and top-5 error were swapped; read the paper's sentence in the notebook again."""
    answer = solve()
    return answer | {"top1_points": answer["top5_points"], "top5_points": answer["top1_points"]}


@OVERLAPPING_POOLING.add("kept-for-discarded", section=OVERLAP)
def kept_for_discarded(solve):
    """This is the share that is kept: one value of each window of four. The question is what share is discarded."""
    return solve() | {"discarded_percent": 25}


@OVERLAPPING_POOLING.add("half-for-a-quarter", section=OVERLAP)
def half_for_a_quarter(solve):
    """Height and width are halved both, so the number of activations is not halved but divided by four."""
    return solve() | {"discarded_percent": 50}


@OVERLAPPING_POOLING.add("share-for-percent", section=OVERLAP)
def share_for_percent(solve):
    """The share is right as a fraction; the entry is asked in percent."""
    return solve() | {"discarded_percent": 0.75}


SHIFT_INVARIANCE = Misconceptions("shift-invariance", right.shift_sensitivity)


def _sensitivity(features, images, moved, relative):
    """The mean over images of `relative(features before, features after)`, both as flat vectors."""
    before, after = (right.as_float(features(batch)).reshape(len(images), -1) for batch in (images, moved))
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
    """The images moved to the left; they are to move to the right, so zeros come in from the left."""
    return _sensitivity(features, images, _moved(images[:, :, ::-1], shift)[:, :, ::-1], _norms)


@SHIFT_INVARIANCE.add("moved-down", section=SHIFTS)
def moved_down(features, images, shift):
    """The images moved down; columns are axis 2 of a batch, and they are to move to the right."""
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
    before, after = right.as_float(features(images)), right.as_float(features(_moved(images, shift)))
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
