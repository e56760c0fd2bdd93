"""Assignment 02: the references against the frameworks, and the checks against right and wrong answers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checks.search import numbers
from course.pooling_and_normalization.average_pooling.reference import average_pool
from course.pooling_and_normalization.batch_norm.reference import BatchNorm
from course.pooling_and_normalization.dense.reference import dense, dense_start
from course.pooling_and_normalization.dropout.reference import dropout
from course.pooling_and_normalization.lrn.reference import lrn
from course.pooling_and_normalization.lrn_frameworks.reference import lrn_as_tensorflow, lrn_as_torch
from course.pooling_and_normalization.max_pooling.reference import max_pool
from course.pooling_and_normalization.min_pooling.reference import min_pool
from course.pooling_and_normalization.overlapping_pooling.reference import overlapping_pooling
from course.pooling_and_normalization.pooling_backward.reference import max_pool_backward
from course.pooling_and_normalization.relu_softmax.reference import relu, softmax
from course.pooling_and_normalization.shift_invariance.reference import shift_sensitivity

from ..checks.helpers import (
    points_of,
    run_task,
    score,
    wrong_answers,
)

ASSIGNMENT = "02-pooling-and-normalization"
few = settings(max_examples=20, deadline=None, derandomize=True, database=None)
small, side = st.integers(1, 3), st.integers(3, 7)


# the references against PyTorch and TensorFlow ---------------------------------------------------------------------


def as_torch(x):
    return torch.from_numpy(np.moveaxis(x, -1, 1).copy())


@few
@given(st.tuples(side, side), st.tuples(small, small), st.none() | st.tuples(small, small))
def test_valid_pooling_is_that_of_pytorch(sides, window, stride):
    x = numbers(2, *sides, 3)
    x[0, 0, 0, 0], x[1, 1, 1, 1] = np.nan, -np.inf
    functions = torch.nn.functional
    for ours, theirs in (
        (max_pool, functions.max_pool2d(as_torch(x), window, stride)),
        (min_pool, -functions.max_pool2d(-as_torch(x), window, stride)),
        (average_pool, functions.avg_pool2d(as_torch(x), window, stride)),
    ):
        right = theirs.movedim(1, -1).numpy()
        np.testing.assert_allclose(ours(x, window, stride), right)
        np.testing.assert_allclose(ours(x[0], window, stride), right[0])


@few
@given(st.tuples(st.integers(1, 7), st.integers(1, 7)), st.tuples(st.integers(1, 4), st.integers(1, 4)),
       st.tuples(small, small))
def test_same_padding_is_that_of_tensorflow(sides, window, stride):
    import tensorflow as tf

    x = numbers(2, *sides, 2) - 3
    for ours, theirs in ((max_pool, tf.nn.max_pool2d), (average_pool, tf.nn.avg_pool2d)):
        right = theirs(x, window, stride, "SAME").numpy()
        np.testing.assert_allclose(ours(x, window, stride, "same"), right)


@few
@given(st.tuples(side, side), st.tuples(small, small), st.none() | st.tuples(small, small), st.booleans())
def test_the_gradient_is_that_of_pytorch(sides, window, stride, ties):
    x = np.random.default_rng(3).integers(0, 3, (2, *sides, 2)).astype(float) if ties else numbers(2, *sides, 2)
    leaf = as_torch(x).requires_grad_()
    result = torch.nn.functional.max_pool2d(leaf, window, stride)
    grad = numbers(*result.movedim(1, -1).shape, seed=1)
    result.backward(as_torch(grad))
    right = leaf.grad.movedim(1, -1).numpy()
    np.testing.assert_allclose(max_pool_backward(grad, x, window, stride), right)
    np.testing.assert_allclose(max_pool_backward(grad[1], x[1], window, stride), right[1])


@few
@given(st.integers(1, 9), st.sampled_from([1, 3, 5, 7]), st.sampled_from([0.5, 2.0]), st.sampled_from([0.75, 1.5]))
def test_normalisation_is_that_of_both_frameworks(channels, size, k, beta):
    import tensorflow as tf

    paper = {"size": size, "k": k, "alpha": 0.3, "beta": beta}
    x = numbers(2, 3, 2, channels, dtype="float32")
    right = lrn(x, **paper)
    assert right.dtype == np.float32
    in_torch = torch.nn.LocalResponseNorm(**lrn_as_torch(**paper))(as_torch(x)).movedim(1, -1)
    np.testing.assert_allclose(in_torch.numpy(), right, rtol=1e-5)
    in_tensorflow = tf.nn.local_response_normalization(x, **lrn_as_tensorflow(**paper))
    np.testing.assert_allclose(in_tensorflow.numpy(), right, rtol=1e-4)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_batch_normalisation_is_that_of_both_frameworks(dtype):
    """Keras keeps books as we do; PyTorch's momentum is the new value's share, and its running variance unbiased."""
    import keras

    ours, (gamma, beta) = BatchNorm(3, momentum=0.8, eps=0.01), numbers(2, 3)
    ours.gamma, ours.beta = gamma, beta
    in_keras = keras.layers.BatchNormalization(momentum=0.8, epsilon=0.01, dtype=dtype)
    in_keras.build((None, 4, 5, 3))
    in_keras.set_weights([gamma, beta, np.zeros(3), np.ones(3)])
    in_torch = torch.nn.BatchNorm2d(3, eps=0.01, momentum=0.2, dtype=getattr(torch, dtype))
    with torch.no_grad():
        in_torch.weight[:], in_torch.bias[:] = torch.from_numpy(gamma), torch.from_numpy(beta)
    unbiased, close = np.ones(3), {"rtol": 1e-4, "atol": 1e-5}
    for seed in range(3):
        x = numbers(2, 4, 5, 3, seed=seed, dtype=dtype) * 2 + seed
        unbiased = 0.8 * unbiased + 0.2 * x.var(axis=(0, 1, 2), ddof=1)
        right = ours.forward(x, True)
        np.testing.assert_allclose(keras.ops.convert_to_numpy(in_keras(x, training=True)), right, **close)
        np.testing.assert_allclose(in_torch(as_torch(x)).movedim(1, -1).detach().numpy(), right, **close)
        np.testing.assert_allclose(keras.ops.convert_to_numpy(in_keras.moving_mean), ours.running_mean, **close)
        np.testing.assert_allclose(keras.ops.convert_to_numpy(in_keras.moving_variance), ours.running_var, **close)
        np.testing.assert_allclose(in_torch.running_mean.numpy(), ours.running_mean, **close)
        np.testing.assert_allclose(in_torch.running_var.numpy(), unbiased, **close)
    right = ours.forward(x, False)
    assert right.dtype == dtype
    np.testing.assert_allclose(keras.ops.convert_to_numpy(in_keras(x, training=False)), right, **close)
    assert keras.layers.BatchNormalization().momentum == 0.99 and torch.nn.BatchNorm2d(1).momentum == 0.1


def test_dense_relu_and_softmax_are_those_of_pytorch():
    x, weights, biases = numbers(4, 5), numbers(5, 3, seed=1), numbers(3, seed=2)
    theirs = [torch.from_numpy(array) for array in (x, weights.T.copy(), biases)]
    layer = torch.nn.functional.linear(*theirs)
    np.testing.assert_allclose(dense(x, weights, biases), layer.numpy())
    logits = np.array([[1000.0, -np.inf, 999.0], [-5.0, 0.0, 2.0]])
    for axis in (0, 1):
        right = torch.softmax(torch.from_numpy(logits), axis).numpy()
        np.testing.assert_allclose(softmax(logits, axis), right)
    odd = np.array([np.nan, np.inf, -np.inf, -1.0, 2.0])
    np.testing.assert_array_equal(relu(odd), torch.relu(torch.from_numpy(odd)).numpy())
    drawn = torch.nn.init.kaiming_normal_(torch.empty(2000, 500), nonlinearity="relu", mode="fan_in")
    assert abs(float(drawn.std()) / dense_start(500)["deviation"] - 1) < 0.01


def test_inverted_dropout_is_that_of_pytorch():
    x = np.abs(numbers(50, 40)) + 1
    theirs = torch.nn.functional.dropout(torch.from_numpy(x), 0.3).numpy()
    np.testing.assert_allclose(dropout(x, theirs != 0, 0.3, True), theirs)


def test_numbers_of_the_curriculum():
    maps = np.zeros((55, 55, 96), np.float32)
    assert max_pool(maps, 3, 2).shape == (27, 27, 96)
    answer = overlapping_pooling()
    assert answer == {"size_3x3": 27, "size_2x2": 27, "top1_points": 0.4, "top5_points": 0.3, "discarded_percent": 75}
    assert max_pool(maps, 3, 2).shape == max_pool(maps, 2, 2).shape
    even = np.zeros((54, 54, 1))
    assert 100 * (1 - max_pool(even).size / even.size) == answer["discarded_percent"]


def test_numbers_of_the_notebooks_text():
    assert (55 * 55 * 96, 27 * 27 * 96, 3 * 3 * 96 * 96 + 96) == (290_400, 69_984, 83_040)
    steps = np.array([[1, 3, 2, 0], [4, 2, 1, 5], [0, 1, 8, 6], [7, 2, 3, 4]])[:, :, None]
    assert max_pool(steps)[:, :, 0].tolist() == [[4, 5], [7, 8]]
    assert average_pool(steps)[:, :, 0].tolist() == [[2.5, 2.0], [2.5, 5.25]]
    gradient = max_pool_backward(np.array([[1, 2], [3, 4]])[:, :, None], steps, 2)[:, :, 0]
    assert gradient.tolist() == [[0, 0, 0, 0], [1, 0, 0, 2], [0, 0, 4, 0], [3, 0, 0, 0]]
    row = np.array([3.0, 4.0, 0.0]).reshape(1, 1, 3, 1)
    assert round(shift_sensitivity(lambda images: images, row, 1), 2) == 1.02
    channels = lrn(np.array([1.0, 2, 3, 2, 1]).reshape(1, 1, 5), 3, 1.0, 0.5, 1.0)
    assert channels.round(3).ravel().tolist() == [0.286, 0.25, 0.316, 0.25, 0.286]
    column, layer = np.array([1.0, 2, 3, 6]).reshape(2, 2, 1, 1), BatchNorm(1)
    assert column.mean() == 3 and column.var() == 3.5
    assert layer.forward(column, True).round(2).ravel().tolist() == [-1.07, -0.53, 0.0, 1.6]
    np.testing.assert_allclose((layer.running_mean[0], layer.running_var[0]), (0.3, 1.25))
    weights, biases = np.array([[1, 0, 2], [0, 1, -1]]), np.array([0.5, 0, -0.5])
    assert dense(np.array([3, 4]), weights, biases).tolist() == [3.5, 4.0, 1.5]
    assert softmax(np.array([1.0, 2, 3])).round(3).tolist() == [0.09, 0.245, 0.665]
    with np.errstate(over="ignore"):
        assert -np.uint8(3) == 253
        assert np.isfinite(np.exp(np.float64(709.7))) and np.isinf(np.exp(np.float64(709.8)))


# the checks against right and wrong answers ------------------------------------------------------------------------


def test_a_layer_that_refuses_everything_scores_nothing():
    source = (
        "class {0}:\n    def __init__(self, *args, **kwargs):\n"
        "        raise ValueError('pool_size stride padding image size channels in_features out_features x rate')\n"
    )
    for task, name in {
        "max-pooling": "MaxPooling2D", "min-pooling": "MinPooling2D", "average-pooling": "AveragePooling2D",
        "lrn": "LocalResponseNormalization", "batch-norm": "BatchNorm", "dense": "Dense", "dropout": "Dropout",
    }.items():
        assert score(run_task(ASSIGNMENT, task, source.format(name))) == 0, task


@pytest.mark.parametrize(("task", "most"), [
    ("max-pooling", {"first-stride-for-both": 1.5, "swapped-axes": 1.5, "zero-padding": 2, "one-image-only": 4.5}),
    ("lrn", {"k-missing": 7, "beta-missing": 7, "alpha-by-size": 7, "over-space": 6, "window-wrapped": 2.5,
             "k-of-one": 7, "alpha-missing": 7}),
    ("shift-invariance", {"rolled-around": 4, "moved-to-the-left": 2, "one-norm-for-the-batch": 2}),
    ("batch-norm", {"unbiased-variance": 4, "eps-missing": 1, "gamma-missing": 1, "updated-at-inference": 2}),
    ("dropout", {"mask-drawn-once": 1, "generator-ignored": 1, "whole-columns": 1, "not-scaled": 1.5}),
])
def test_one_cause_costs_its_points_once(task, most):
    points = points_of(ASSIGNMENT, task)
    for wrong, names in wrong_answers(task):
        if wrong.id in most:
            lost = points - score(run_task(ASSIGNMENT, task, names, parts=("hidden",)))
            assert 0 < lost <= most[wrong.id], wrong.id


def test_not_asking_costs_more_than_asking_wrongly():
    """Whoever never calls `features` loses more than whoever moves the images in a wrong direction."""
    scores = {
        wrong.id: score(run_task(ASSIGNMENT, "shift-invariance", names, parts=("hidden",)))
        for wrong, names in wrong_answers("shift-invariance")
    }
    assert scores.pop("features-never-asked") < min(scores.values())


def test_a_smallest_counterexample_is_small():
    zeros = next(names for wrong, names in wrong_answers("max-pooling") if wrong.id == "zero-padding")
    results = run_task(ASSIGNMENT, "max-pooling", zeros, parts=("hidden",))
    failed = next(result for result in results if result.name == "test_max_of_negative_images")
    assert failed.counterexample == "image 1x1x1x1, pool size (3, 3), stride (3, 3), padding same"
    assert failed.section == "Max pooling" and failed.details == ""


# the edges that every layer meets ----------------------------------------------------------------------------------


@pytest.mark.parametrize("pool", [max_pool, min_pool, average_pool])
def test_edges_of_pooling(pool):
    for dtype in (bool, np.uint8, np.int64, np.float16, np.float32, np.float64):
        image = (10 * np.abs(numbers(4, 5, 1))).astype(dtype)
        before = image.copy()
        assert pool(image).dtype == (np.float32 if dtype is np.float32 else np.float64)
        assert np.array_equal(image, before)
    one = np.array([[[-2.0]]])
    assert pool(one, 1).tolist() == pool(one, 3, 1, "same").tolist() == [[[-2.0]]]
    assert pool(one, np.int64(1), np.int64(3)).shape == (1, 1, 1)
    assert pool(np.zeros((0, 4, 4, 2))).shape == (0, 2, 2, 2)
    assert pool(np.zeros((5, 7, 1)), (5, 7)).shape == (1, 1, 1)
    assert pool(np.zeros((7, 7, 1)), 2, 4).shape == (2, 2, 1)
    view = numbers(6, 8, 2)[::-2, 1::3]
    view.flags.writeable = False
    np.testing.assert_array_equal(pool(view, 1), view)
