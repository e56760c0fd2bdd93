"""Hidden checks of relu-softmax."""

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    leaves_unchanged,
    misconceptions,
    numbers,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ..shared import SEED

RELU, SOFTMAX = misconceptions.RELU, misconceptions.SOFTMAX
ROWS = cases(rows=st.integers(1, 4), columns=st.integers(2, 5), seed=SEED)


def softened(student, logits, *axis):
    """Compares softmax with the reference's."""
    expect_close(student.softmax(logits, *axis), reference.softmax(logits, *axis), like=SOFTMAX)


@points(1)
@search(ROWS)
def test_relu(student, case):
    """Positive numbers stay, negative ones become 0."""
    x = 3 * numbers(case.rows, case.columns, seed=case.seed)
    expect_close(student.relu(x), reference.relu(x), like=RELU)


@points(0.5)
def test_relu_of_any_shape(student):
    """Any number of axes will do; float32 stays float32, integers may stay integers, and the input is not changed."""
    for x in (numbers(4, dtype="float32"), numbers(2, 3, 2, 2, seed=1), numbers(3, 4, dtype="int64"), numbers(0, 3)):
        result = student.relu(x)
        expect_close(result, reference.relu(x), like=RELU, dtype="float32" if x.dtype == np.float32 else None)
    expect(leaves_unchanged(student, student.relu, numbers(3, 4)), "The input was changed.")


@points(1)
def test_relu_of_infinity(student):
    """Minus infinity becomes 0, infinity stays, and a NaN comes through."""
    x = np.array([-np.inf, -2.0, 0.0, 3.0, np.inf])
    expect_close(student.relu(x), reference.relu(x), like=RELU)
    x = np.array([1.0, np.nan, -1.0])
    expect_close(student.relu(x), reference.relu(x), like=RELU)


@points(1)
@search(ROWS)
def test_softmax(student, case):
    """The exponentials of a row's logits, divided by their sum; a single row will do, too."""
    logits = numbers(case.rows, case.columns, seed=case.seed)
    softened(student, logits[0])
    softened(student, logits)
    softened(student, numbers(case.rows, case.columns, dtype="int64"))


@points(1)
@search(cases(batch=st.integers(2, 3), rows=st.integers(2, 4), columns=st.integers(2, 4), seed=SEED))
def test_softmax_along_an_axis(student, case):
    """The probabilities sum to 1 along the axis that is given."""
    logits = numbers(case.batch, case.rows, case.columns, seed=case.seed)
    for axis in (0, 1, 2, -2):
        softened(student, logits, axis)


@points(1)
def test_softmax_of_large_logits(student):
    """Logits of 1000, and rows that lie far apart, still give probabilities."""
    softened(student, np.array([1000.0, 1001.0, 998.0]))
    softened(student, np.array([[1000.0, 1002.0], [-1000.0, -1001.0]]))
    softened(student, np.array([[1000.0, 999.0], [3.0, 1.0]], dtype="float32"))


@points(0.5)
def test_softmax_of_minus_infinity(student):
    """Where all logits but one are minus infinity, that one has probability 1; the input is not changed."""
    softened(student, np.array([[-np.inf, 2.0, -np.inf], [0.5, -np.inf, 1.0]]))
    expect(leaves_unchanged(student, student.softmax, numbers(2, 3)), "The logits were changed.")
