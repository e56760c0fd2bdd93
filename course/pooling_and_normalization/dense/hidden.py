"""Hidden checks of dense."""

from functools import partial

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_refusals,
    expect_steady,
    in_kernel,
    kernel_says,
    later,
    leaves_unchanged,
    misconceptions,
    numbers,
    points,
    reference,
    refused,
    search,
)
from autograder.checks.api import strategies as st

from ..shared import SEED
from .probes import computed

DENSE = misconceptions.DENSE
WIDTHS = cases(inputs=st.integers(1, 6), outputs=st.integers(2, 5), batch=st.integers(0, 4), seed=SEED)


def dense_layer(student, weights, biases):
    """A layer of the student's with these parameters."""
    layer = student.Dense(*weights.shape)
    layer.weights, layer.biases = weights, biases
    return layer


def dense_of(student, x, weights, biases):
    """Compares a layer with the reference function."""
    result = later(in_kernel(student, computed).computed, student.Dense, x, weights, biases)
    expect_close(result, reference.dense(x, weights, biases), like=DENSE)
    return result


@points(1)
@search(WIDTHS)
def test_dense_of_a_vector(student, case):
    """A vector of features gives a vector: its matrix product with the weights."""
    weights = numbers(case.inputs, case.outputs, seed=case.seed)
    dense_of(student, numbers(case.inputs, seed=case.seed + 2), weights, np.zeros(case.outputs))


@points(0.5)
@search(WIDTHS)
def test_dense_of_a_batch(student, case):
    """A batch of vectors gives a batch, also when it holds one vector or none."""
    weights = np.abs(numbers(case.inputs, case.outputs, seed=case.seed))
    x = np.abs(numbers(case.batch, case.inputs, seed=case.seed + 2))
    dense_of(student, x, weights, np.zeros(case.outputs))


@points(1)
@search(WIDTHS)
def test_dense_adds_biases(student, case):
    """Each output has its own bias, which is added."""
    weights, biases = np.zeros((case.inputs, case.outputs)), numbers(case.outputs, seed=case.seed)
    dense_of(student, numbers(1 + case.batch, case.inputs, seed=case.seed + 2), weights, biases)


def new_weights(student, inputs, outputs):
    """The weights of a new layer, once their shape is right."""
    weights = student.Dense(inputs, outputs).weights
    expect(isinstance(weights, np.ndarray) and weights.shape == (inputs, outputs),
           "The weights of a new layer are no array of shape (in_features, out_features).")
    return weights


@points(0.5)
def test_dense_starts_random(student):
    """New weights are random, drawn anew for each layer, and their scale is He's; biases are zeros."""
    sizes = (400, 150), (60, 300)
    drawn = [new_weights(student, *size) for size in sizes]
    for (inputs, _), weights in zip(sizes, drawn, strict=True):
        expect_close(float(weights.std()), reference.dense_start(inputs), part="deviation", rtol=0.03,
                     like=misconceptions.DENSE_START, what="the standard deviation of new weights")
    for weights in drawn:
        expect(abs(weights.mean()) < 0.05 * weights.std(), "New weights are not centred on 0.")
    expect(not np.array_equal(student.Dense(3, 4).weights, student.Dense(3, 4).weights),
           "Two new layers have the same weights; they are drawn anew for each.")
    expect_close(np.ravel(student.Dense(5, 3).biases), np.zeros(3), what="the bias vector of a new layer")


@points(0.5)
def test_dense_starts_normal(student):
    """New weights come from a normal distribution: a third lie beyond one standard deviation, 5 % beyond two."""
    for inputs, outputs in ((400, 150), (300, 200)):
        weights = new_weights(student, inputs, outputs)
        size = np.abs(weights - weights.mean()) / (weights.std() or 1.0)
        if weights.std() > 0:
            for part, deviations, rtol in (("beyond_one", 1, 0.03), ("beyond_two", 2, 0.12)):
                expect_close(float((size > deviations).mean()), reference.dense_start(inputs), part=part, rtol=rtol,
                             like=misconceptions.DENSE_START, what=f"the share beyond {deviations} deviations")


@points(0.5)
def test_dense_dtype(student):
    """The result is float32 for a float32 input and float64 otherwise."""
    weights, biases = np.abs(numbers(4, 3)), np.zeros(3)
    for dtype in ("float32", "float64", "int64"):
        result = dense_of(student, np.abs(numbers(2, 4, dtype=dtype)), weights, biases).value
        wanted = "float32" if dtype == "float32" else "float64"
        expect(result.dtype == wanted, f"The result for a {dtype} input is {result.dtype}, not {wanted}.",
               diagnosis=DENSE["always-float64"] if wanted == "float32" else None)


@points(0.5)
@kernel_says
def test_dense_leaves_x_alone(student):
    """The input stays as it was, and nothing of it is kept for the next."""
    weights, biases = np.abs(numbers(4, 3)), np.zeros(3)
    layer = dense_layer(student, weights, biases)
    expect_steady(layer.forward, lambda x: reference.dense(x, weights, biases), np.abs(numbers(2, 4)),
                  np.abs(numbers(2, 4, seed=1)), like=DENSE)
    for x in (numbers(2, 4), numbers(4)):
        expect(leaves_unchanged(student, layer.forward, x), "The input was changed.")


@points(0.5)
def test_dense_refuses(student):
    """A number of features below 1, or an x that does not fit, raises a ValueError that names the argument."""
    student.Dense(np.int64(4), 3).forward(numbers(2, 4))
    expect_refusals(student, [
        (refused("ValueError", naming="in_features"), partial(student.Dense, 0, 3)),
        (refused("ValueError", naming="out_features"), partial(student.Dense, 3, -1)),
        *((refused("ValueError", naming="x"), partial(lambda x: student.Dense(4, 3).forward(x), x))
          for x in (numbers(5), numbers(2, 5), numbers(2, 2, 4))),
    ])
