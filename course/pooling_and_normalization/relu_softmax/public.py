"""Public checks of relu-softmax."""

import numpy as np

from autograder.checks.api import expect_close, misconceptions, reference


def test_relu_on_paper(student):
    """Positive numbers stay, negative ones become 0."""
    x = np.array([[-2.0, -0.5, 0.0], [0.5, 2.0, 30.0]])
    expect_close(student.relu(x), reference.relu(x), like=misconceptions.RELU)


def test_softmax_of_rows(student):
    """Every row of a batch gives probabilities that sum to 1."""
    logits = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.5]])
    expect_close(student.softmax(logits), reference.softmax(logits), like=misconceptions.SOFTMAX)


def test_softmax_along_the_first_axis(student):
    """With axis=0 the columns sum to 1."""
    logits = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.5]])
    expect_close(student.softmax(logits, axis=0), reference.softmax(logits, axis=0), like=misconceptions.SOFTMAX)


def test_softmax_of_large_logits(student):
    """Logits of 1000 are no reason to give up."""
    logits = np.array([1000.0, 1001.0, 998.0])
    expect_close(student.softmax(logits), reference.softmax(logits), like=misconceptions.SOFTMAX)
