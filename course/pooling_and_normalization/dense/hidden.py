"""Hidden checks of dense."""

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_raises,
    leaves_unchanged,
    misconceptions,
    numbers,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ..shared import SEED

DENSE = misconceptions.DENSE
WIDTHS = cases(inputs=st.integers(1, 6), outputs=st.integers(2, 5), batch=st.integers(0, 4), seed=SEED)


def dense_layer(student, weights, biases):
    """A layer of the student's with these parameters."""
    layer = student.Dense(*weights.shape)
    layer.weights, layer.biases = weights, biases
    return layer


def dense_of(student, x, weights, biases):
    """Compares a layer with the reference function."""
    result = dense_layer(student, weights, biases).forward(x)
    expect_close(result, reference.dense(x, weights, biases), like=DENSE)
    return result


@points(1.5)
@search(WIDTHS)
def test_dense_of_a_vector(student, case):
    """A vector of features gives a vector: the matrix product with the weights, and the biases."""
    weights, biases = numbers(case.inputs, case.outputs, seed=case.seed), numbers(case.outputs, seed=case.seed + 1)
    dense_of(student, numbers(case.inputs, seed=case.seed + 2), weights, biases)


@points(1)
@search(WIDTHS)
def test_dense_of_a_batch(student, case):
    """A batch of vectors gives a batch, also when it holds one vector or none."""
    weights, biases = numbers(case.inputs, case.outputs, seed=case.seed), numbers(case.outputs, seed=case.seed + 1)
    dense_of(student, numbers(case.batch, case.inputs, seed=case.seed + 2), weights, biases)


@points(1)
def test_dense_starts_random(student):
    """New weights are random, of shape (in_features, out_features), scaled for the number of inputs."""
    for inputs, outputs in ((400, 150), (60, 300)):
        weights = student.Dense(inputs, outputs).weights
        expect(isinstance(weights, np.ndarray) and weights.shape == (inputs, outputs),
               "The weights of a new layer are no array of shape (in_features, out_features).")
        expect_close(float(weights.std()), reference.dense_start(inputs), like=misconceptions.DENSE_START,
                     rtol=0.03, what="the standard deviation of new weights")
        expect(abs(weights.mean()) < 0.05 * weights.std(), "New weights are not centred on 0.")
    expect(not np.array_equal(student.Dense(3, 4).weights, student.Dense(3, 4).weights),
           "Two new layers have the same weights; they are drawn anew for each.")


@points(0.5)
def test_dense_starts_without_bias(student):
    """The biases of a new layer are zeros, one for each output."""
    expect_close(student.Dense(5, 3).biases, np.zeros(3), what="the biases of a new layer")
    dense_of(student, numbers(3), numbers(3, 2), numbers(2))


@points(0.5)
def test_dense_dtype(student):
    """The result is float32 for a float32 input and float64 otherwise; the input stays as it was."""
    weights, biases = numbers(4, 3), numbers(3)
    for dtype in ("float32", "float64", "int64"):
        result = dense_of(student, numbers(2, 4, dtype=dtype), weights, biases)
        wanted = "float32" if dtype == "float32" else "float64"
        expect(result.dtype == wanted, f"The result for a {dtype} input is {result.dtype}, not {wanted}.",
               diagnosis=DENSE["always-float64"] if wanted == "float32" else None)
    expect(leaves_unchanged(student, dense_layer(student, weights, biases).forward, numbers(2, 4)),
           "The input was changed.")


@points(0.5)
def test_dense_refuses(student):
    """A number of features below 1, or an x that does not fit, raises a ValueError that names the argument."""
    dense_of(student, numbers(4), numbers(4, 3), numbers(3))
    with expect_raises("ValueError", naming="in_features"):
        student.Dense(0, 3)
    with expect_raises("ValueError", naming="out_features"):
        student.Dense(3, -1)
    for x in (numbers(5), numbers(2, 5), numbers(2, 2, 4)):
        with expect_raises("ValueError", naming="x"):
            student.Dense(4, 3).forward(x)
