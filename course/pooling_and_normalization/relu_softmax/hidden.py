"""Hidden checks of relu-softmax."""

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    kernel_says,
    later,
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
    expect_close(later(student.softmax, logits, *axis), reference.softmax(logits, *axis), like=SOFTMAX)


@points(0.5)
@search(ROWS)
def test_relu(student, case):
    """Positive numbers stay, negative ones become 0."""
    x = 3 * numbers(case.rows, case.columns, seed=case.seed)
    expect_close(later(student.relu, x), reference.relu(x), like=RELU)


@points(0.5)
def test_relu_of_any_shape(student):
    """Any number of axes will do; float32 stays float32, and integers may stay integers."""
    for x in (numbers(4, dtype="float32"), numbers(2, 3, 2, 2, seed=1), numbers(3, 4, dtype="int64"), numbers(0, 3)):
        expect_close(student.relu(x), reference.relu(x), like=RELU, dtype="float32" if x.dtype == np.float32 else None)


@points(1)
def test_relu_of_infinity(student):
    """Minus infinity becomes 0, infinity and very large numbers stay, and a NaN comes through."""
    x = np.array([-np.inf, -2.0, 0.0, 3.0, np.inf, 1.5e308])
    expect_close(student.relu(x), reference.relu(x), like=RELU)
    expect_close(student.relu(x[:, None]), reference.relu(x[:, None]), like=RELU)
    x = np.array([1.0, np.nan, -1.0])
    expect_close(student.relu(x), reference.relu(x), like=RELU)
    expect_close(student.relu(x[None]), reference.relu(x[None]), like=RELU)


@points(1)
@search(ROWS, examples=12)
def test_softmax(student, case):
    """The exponentials of a row's logits, divided by their sum."""
    softened(student, numbers(case.columns, seed=case.seed))
    softened(student, numbers(case.columns, dtype="int64", seed=case.seed))


@points(1)
@search(cases(batch=st.integers(2, 3), rows=st.integers(2, 4), columns=st.integers(2, 4), seed=SEED), examples=12)
def test_softmax_along_an_axis(student, case):
    """The probabilities sum to 1 along the axis that is given, by default the last one."""
    logits = numbers(case.batch, case.rows, case.columns, seed=case.seed)
    softened(student, logits)
    for axis in (0, 1, 2, -2):
        softened(student, logits, axis)


@points(1)
def test_softmax_of_large_logits(student):
    """Logits of 1000, and rows that lie far apart, still give probabilities."""
    softened(student, np.array([1000.0, 1001.0, 998.0]))
    softened(student, np.array([[1000.0, 1002.0], [-1000.0, -1001.0]]))
    softened(student, np.array([[1000.0, 999.0], [3.0, 1.0], [-1000.0, -999.0]], dtype="float32"))


@points(0.5)
def test_softmax_of_minus_infinity(student):
    """Where all logits but one are minus infinity, that one has probability 1."""
    softened(student, np.array([-np.inf, 2.0, -np.inf]))
    softened(student, np.array([-np.inf, -np.inf, -3.0, -np.inf]))


@points(0.5)
@kernel_says
def test_activations_leave_their_arguments_alone(student):
    """Neither function changes the array that it is given."""
    for x in (numbers(3, 4), numbers(5), numbers(2, 3, dtype="int64")):
        expect(leaves_unchanged(student, student.relu, x), "The input of relu was changed.")
        expect(leaves_unchanged(student, student.softmax, x), "The logits were changed.")
