"""Assignment 02: the numbers in its words, and what they say of NumPy and the frameworks."""

from __future__ import annotations

from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf
import torch
from torch.nn import functional

from course import style
from course.convolution.receptive_field.reference import receptive_field
from course.pooling_and_normalization import figures
from course.pooling_and_normalization.average_pooling.reference import average_pool
from course.pooling_and_normalization.batch_norm.reference import BatchNorm
from course.pooling_and_normalization.dense.reference import dense, dense_start
from course.pooling_and_normalization.lrn.reference import lrn
from course.pooling_and_normalization.max_pooling.reference import max_pool
from course.pooling_and_normalization.overlapping_pooling.reference import overlapping_pooling
from course.pooling_and_normalization.pooling_backward.reference import max_pool_backward
from course.pooling_and_normalization.relu_softmax.reference import softmax
from course.pooling_and_normalization.shift_invariance.reference import shift_sensitivity

from ...checks.helpers import imported, namespace, run_task, score, solution
from . import says

NAME = "02-pooling-and-normalization"
said = partial(says, NAME)
STEPS = np.array([[1, 3, 2, 0], [4, 2, 1, 5], [0, 1, 8, 6], [7, 2, 3, 4]])[:, :, None]


def test_what_pooling_saves():
    pooled = max_pool(np.zeros((55, 55, 96)), 3, 2)
    assert 55**2 / 27**2 == pytest.approx(4, abs=0.2)  # "a quarter of the work"
    assert receptive_field([(3, 2, 1), (5, 1, 1)]) / receptive_field([(5, 1, 1)]) == pytest.approx(2, abs=0.25)
    said(
        f"| after the first convolution | 55x55x96 | {55 * 55 * 96:,} |", f"| 27x27x96 | {pooled.size:,} |",
        "the next convolution visits 27x27 places instead of 55x55",
        f"55 pixels hold {len(max_pool(np.zeros((55, 2, 1))))} windows of 2, and one pixel remains",
        "its maximum over 4x4 blocks, 30x30 pixels", "windows of 2x2, 2 apart",
    )
    assert pooled.shape == (27, 27, 96) and max_pool(np.zeros((120, 120, 1)), 4).shape == (30, 30, 1)


def test_what_frameworks_do_with_padding():
    """TensorFlow leaves it out of maximum and mean; PyTorch counts zeros in a mean unless it is told not to."""
    row = np.array([[-3.0], [-1]]).reshape(1, 1, 2, 1)
    assert tf.nn.max_pool2d(row, (1, 4), (1, 4), "SAME").numpy().item() == -1
    assert tf.nn.avg_pool2d(row, (1, 4), (1, 4), "SAME").numpy().item() == -2
    line = torch.from_numpy(row).movedim(-1, 1)
    counted = [functional.avg_pool2d(line, (1, 4), padding=(0, 1), count_include_pad=count) for count in (True, False)]
    assert [mean.item() for mean in counted] == [-1, -2]
    said("the maximum is -1 and not 0",
         "(TensorFlow does so; PyTorch counts zeros unless told `count_include_pad=False`.)")


def test_what_numpy_does():
    assert np.isnan(np.max([1, np.nan])) and np.isnan(np.maximum(1, np.nan))
    assert not isinstance(np.int64(3), int) and np.ndim(np.int64(3)) == np.ndim(3) == 0
    with pytest.raises(TypeError):
        -np.array([True])
    with np.errstate(over="ignore"):
        below, square = -np.uint8(3), np.uint8(200) * np.uint8(200)
    assert square != 200 * 200
    said(
        "`np.max` and `np.maximum` see to that by themselves", f"there is no byte -3: `-np.uint8(3)` is {below}.",
        "A boolean has no minus at all", "200 times 200 does not fit into a byte",
        "`isinstance(size, int)` is false for an `np.int64`, `np.ndim(size) == 0` is true for both",
        "their negatives are 251, 0 and 253, the largest is 253",
    )
    assert (-np.array([5, 0, 3], np.uint8)).tolist() == [251, 0, 253]


def test_examples_of_pooling():
    (a, b), (c, d) = max_pool(STEPS)[:, :, 0]
    means = average_pool(STEPS)[:, :, 0]
    said(
        f"forward, the layer remembers which pixel of each window was the largest: {a:g}, {b:g}, {c:g} and {d:g}",
        f"(1+3+4+2)/4 = {means[0, 0]:g} (2+0+1+5)/4 = {means[0, 1]:.1f}",
        f"(0+1+7+2)/4 = {means[1, 0]:g} (8+6+3+4)/4 = {means[1, 1]:g}",
        "the means are 2 and 8. A 4 in the second place would have counted the outside as 0.",
    )
    assert average_pool(np.array([1.0, 3, 8]).reshape(1, 3, 1), (1, 2), (1, 2), "same").ravel().tolist() == [2, 8]


def test_the_first_of_equals_gets_the_gradient_in_the_frameworks_too():
    x = np.zeros((1, 4, 4, 1))
    right = max_pool_backward(np.ones((1, 2, 2, 1)), x, 2)
    variable, leaf = tf.Variable(x), torch.zeros(1, 1, 4, 4, dtype=torch.float64, requires_grad=True)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(tf.nn.max_pool2d(variable, 2, 2, "VALID"))
    functional.max_pool2d(leaf, 2).sum().backward()
    assert np.array_equal(tape.gradient(total, variable), right)
    assert np.array_equal(leaf.grad.movedim(1, -1), right)
    rows, columns = np.mgrid[0:9, 0:9]
    bump = np.exp(-((rows - 4) ** 2 + (columns - 4) ** 2) / 6)[:, :, None]
    top = max_pool_backward(np.ones((4, 4, 1)), bump, 3, 2)[4, 4, 0]
    said("gets all of it, as in PyTorch and TensorFlow",
         f"with overlapping 3x3 windows the top of the bump is the maximum of four windows, and gets {top:g}")


def test_a_hint_of_pooling_backward():
    grad = max_pool_backward(np.array([10.0, 5]).reshape(1, 2, 1), np.array([1.0, 3, 3, 2]).reshape(1, 4, 1), (1, 3), 1)
    assert grad.ravel().tolist() == [0, 10 + 5, 0, 0]
    said("It gets 10 + 5, the others get 0.")


def test_shifts():
    row = np.array([3.0, 4, 0]).reshape(1, 1, 3, 1)
    change = np.array([0.0, 3, 4]) - row.ravel()
    sensitivity = shift_sensitivity(lambda images: images, row, 1)
    said(f"the change is {change[0]:g}, {change[1]:g}, {change[2]:g} of norm {np.linalg.norm(change):.2f}, the "
         f"features have norm {np.linalg.norm(row):g}, and the sensitivity is {sensitivity:.2f}",
         f"a change of norm {np.linalg.norm(change):.1f} against a norm of {np.linalg.norm(row):g}")


def test_no_check_asks_of_features_that_come_out_of_nothing():
    found = []

    def noticed(features, images, shift):
        found.append(shift_sensitivity(features, images, shift))
        return found[-1]

    for seed in (b"one", b"two", b"three"):
        assert score(run_task(NAME, "shift-invariance", {"shift_sensitivity": noticed}, seed=seed)) == 8
    assert len(found) > 50 and np.isfinite(found).all()
    said("(Where they are zero before and not after, there is nothing to divide by: no check uses such an image.)")


def test_pooling_or_a_stride():
    right = overlapping_pooling()
    assert right["size_3x3"] == right["size_2x2"] == 27
    said(
        f"3 x 3 x 96 x 96 + 96 = {3 * 3 * 96 * 96 + 96:,}",
        f"this lowered the top-1 error by {right['top1_points']} and the top-5 error by {right['top5_points']} "
        "percentage points", "computes only every fourth position",
    )


def test_local_response_normalisation():
    squares = np.array([1, 2, 3, 2, 1]) ** 2
    windows = [squares[max(i - 1, 0) : i + 2].sum() for i in range(5)]
    results = lrn(np.array([1.0, 2, 3, 2, 1]).reshape(1, 1, 5), 3, 1.0, 0.5, 1.0).ravel()
    below, sums = [1 + 0.5 * window for window in windows], " | ".join
    said(
        f"| 1 + 4 = {windows[0]} | 1 + 4 + 9 = {windows[1]} | 4 + 9 + 4 = {windows[2]} |",
        sums(f"{value:g}" for value in below), sums(f"{value:.3f}" for value in results),
        f"was divided by more than its neighbours ({below[2]:g} against {below[1]:g})",
        "The sums of squares are 4 + 1 = 5, 4 + 1 + 9 = 14 and 1 + 9 = 10. The result is 2/6, 1/15 and 3/11.",
    )
    hint = lrn(np.array([2.0, 1, 3]).reshape(1, 1, 3), 3, 1.0, 1.0, 1.0).ravel()
    np.testing.assert_allclose(hint, [2 / 6, 1 / 15, 3 / 11])


def test_a_loud_channel():
    """It more than halves itself and two neighbours on each side; the others lose about a tenth to one another."""
    before = np.full(12, 2.0)
    before[5] = 12
    quiet, loud = (lrn(before.reshape(1, 1, -1), 5, 1.0, alpha, 0.75).ravel() / before for alpha in (1e-4, 1e-2))
    assert quiet.min() > 0.98
    others = np.delete(loud, range(3, 8))
    assert loud[3:8].max() < 0.5 and 0.85 < others.min() < others.max() < 0.93
    said("the loud channel more than halves itself and its two neighbours on each side; the others lose about a tenth")


def test_batch_normalisation():
    x, layer = np.array([1.0, 2, 3, 6]).reshape(2, 2, 1, 1), BatchNorm(1)
    one, two, three, four = layer.forward(x, True).ravel()
    said(
        f"The mean is {x.mean():g}. The variance is (4 + 1 + 0 + 9) / 4 = {x.var():g}",
        f"{one:.2f}, {two:.2f}, {three:g} and {four:.2f}",
        f"leaves a running mean of {layer.running_mean[0]:.1f} and a running variance of 0.9 + 0.35 = "
        f"{layer.running_var[0]:.2f}",
        "Keras counts `momentum` as you did, and takes "
        f"{keras.layers.BatchNormalization().momentum}. PyTorch calls `momentum` the share of the *new* value, "
        f"{torch.nn.BatchNorm2d(1).momentum}",
        f"The running mean goes from 0 to 0.3, and from there to 0.9 x 0.3 + 0.1 x 5 = {0.9 * 0.3 + 0.1 * 5:.2f}.",
    )


def test_dense_layers():
    weights, biases = np.array([[1, 0, 2], [0, 1, -1]]), np.array([0.5, 0, -0.5])
    sums = np.random.default_rng(0).standard_normal((2000, 1000)).sum(axis=1)
    assert sums.std() == pytest.approx(30, abs=3)
    said(
        r"\begin{pmatrix} "
        + " & ".join(f"{value:g}" for value in dense(np.array([3, 4]), weights, biases)) + r" \end{pmatrix}",
        "a sum of 1,000 such terms is some 30 times as large as one",
        f"He's standard deviation is {dense_start(8)['deviation']:g} for 8 inputs (the variance is 2 / 8) and "
        f"{dense_start(200)['deviation']:g} for 200 inputs",
    )


def test_softmax():
    first, second, third = softmax(np.array([1.0, 2, 3]))
    with np.errstate(over="ignore"):
        assert np.isinf(np.exp(1000.0)) and np.isfinite(np.exp(709.7)) and np.isinf(np.exp(709.8))
    more, less = softmax(np.array([1000.0, 999]))
    said(f"For logits 1, 2, 3 these are {first:.3f}, {second:.3f} and {third:.3f}.",
         f"(the largest is about $e^{{{np.log(np.finfo(float).max):.1f}}}$)",
         f"the powers are 1 and {np.exp(-1):.3f}, their sum is {1 + np.exp(-1):.3f}, and the probabilities {more:.3f} "
         f"and {less:.3f}")


def test_dropout_of_the_frameworks_is_inverted():
    ones = np.ones((1, 4000), np.float32)
    in_torch = functional.dropout(torch.from_numpy(ones), 0.25).numpy()
    in_keras = np.asarray(keras.layers.Dropout(0.25, seed=1)(ones, training=True))
    for dropped in (in_torch, in_keras):
        np.testing.assert_allclose(np.unique(dropped), [0, 1 / 0.75], rtol=1e-6)
    said("as all frameworks do it today", f"divide what is kept by 1 - rate, so that 75 x 1 / 0.75 = {75 / 0.75:g}",
         f"the share of the time that a unit was there: 0.75 x 100 = {0.75 * 100:g}")


def test_parameters_of_the_layers(monkeypatch):
    """As the table at the end counts them, with the solution's layers."""
    shown, names, cells = [], imported(NAME), solution(NAME)
    monkeypatch.setattr(style, "display", lambda data, raw: shown.append(data["text/plain"]))
    for task in ("max-pooling", "lrn", "batch-norm", "dense", "relu-softmax", "dropout"):
        names = namespace(cells[task], names)
    figures.what_it_costs(*(names[name] for name in (
        "MaxPooling2D", "LocalResponseNormalization", "BatchNorm", "Dense", "softmax", "Dropout")))
    counts = [int(line.split()[-2].replace(",", "")) for line in shown[-1].splitlines()[2:]]
    assert sorted(counts) == [0, 0, 0, 0, 2 * 96, 4096 * 1000 + 1000]
    said("Only two of the layers have parameters, and one of them has four million")
