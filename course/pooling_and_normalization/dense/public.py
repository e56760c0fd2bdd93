"""Public checks of dense."""

import numpy as np

from autograder.checks.api import expect_close, expect_shape, misconceptions, numbers, reference, second


@second(lambda rng: 5)
def test_dense_on_paper(student, case):
    """The example of the text: two features, three outputs."""
    weights, biases = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]]), np.array([0.5, 0.0, -0.5])
    x = np.array([3.0, 4.0])
    if case:
        weights, x = numbers(case, 3), numbers(case, seed=1)
    layer = student.Dense(len(x), 3)
    layer.weights, layer.biases = weights, biases
    expect_close(layer.forward(x), reference.dense(x, weights, biases), like=misconceptions.DENSE)


@second(lambda rng: 6)
def test_dense_of_a_batch(student, case):
    """A batch of four vectors gives a batch of four results."""
    weights, biases, x = numbers(5, 3), numbers(3), numbers(case or 4, 5, seed=1)
    layer = student.Dense(5, 3)
    layer.weights, layer.biases = weights, biases
    expect_close(layer.forward(x), reference.dense(x, weights, biases), like=misconceptions.DENSE)


@second(lambda rng: 500)
def test_dense_starts(student, case):
    """New weights are random, of shape (in_features, out_features), with He's standard deviation; biases are zeros."""
    features = case or 300
    layer = student.Dense(features, 200)
    weights = layer.weights
    expect_shape(weights, (features, 200), what="the matrix of weights")
    expect_close(float(weights.std()), reference.dense_start(features), part="deviation", rtol=0.05,
                 like=misconceptions.DENSE_START, what="the standard deviation of new weights")
    expect_close(np.ravel(layer.biases), np.zeros(200), what="the bias vector of a new layer")
