"""Public checks of relu-softmax."""

import numpy as np

from autograder.checks.api import expect_close, misconceptions, numbers, reference, second


@second(lambda rng: 4)
def test_relu_on_paper(student, case):
    """Positive numbers stay, negative ones become 0."""
    x = np.array([[-2.0, -0.5, 0.0], [0.5, 2.0, 30.0]])
    x = 10 * numbers(case, 5) if case else x
    expect_close(student.relu(x), reference.relu(x), like=misconceptions.RELU)


@second(lambda rng: 4)
def test_softmax_of_rows(student, case):
    """Every row of a batch gives probabilities that sum to 1."""
    logits = numbers(case, 5) if case else np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.5]])
    expect_close(student.softmax(logits), reference.softmax(logits), like=misconceptions.SOFTMAX)


@second(lambda rng: 4)
def test_softmax_along_the_first_axis(student, case):
    """With axis=0 the columns sum to 1."""
    logits = numbers(case, 5) if case else np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.5]])
    expect_close(student.softmax(logits, axis=0), reference.softmax(logits, axis=0), like=misconceptions.SOFTMAX)


@second(lambda rng: 5)
def test_softmax_of_large_logits(student, case):
    """Logits of 1000 are no reason to give up."""
    logits = 1000 + numbers(case) if case else np.array([1000.0, 1001.0, 998.0])
    expect_close(student.softmax(logits), reference.softmax(logits), like=misconceptions.SOFTMAX)
