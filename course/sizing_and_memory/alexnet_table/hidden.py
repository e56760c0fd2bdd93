"""Hidden checks of alexnet-table."""

import numpy as np

from autograder.checks.api import expect_entry, misconceptions, points, reference


def table_half(student, layers, half):
    """Compares one half of the layers' entries, (shape, parameters); the other half is filled in."""
    right = reference.alexnet_table()
    answer = student.alexnet_table
    if isinstance(answer, dict):
        answer = {key: completed(answer[key], right.value.get(key), half) for key in answer}
    for layer in layers:
        expect_entry(answer, layer, right, like=misconceptions.ALEXNET_TABLE, rtol=0)


def completed(given, right, half):
    """The entry with its other half right; a dense layer's shape may be written as a number."""
    if not isinstance(given, (tuple, list)) or len(given) != 2 or not isinstance(right, tuple):
        return given
    shape = (given[0],) if isinstance(given[0], (int, float, np.generic)) else given[0]
    return (shape, right[1]) if half == "shape" else (right[0], given[1])


@points(2)
def test_convolutions_outputs(student):
    """The outputs of the five convolutions."""
    table_half(student, ["conv1", "conv2", "conv3", "conv4", "conv5"], "shape")


@points(2)
def test_pooling_and_dense_outputs(student):
    """The outputs of the pooling and the dense layers."""
    table_half(student, ["pool1", "pool2", "pool5", "fc6", "fc7", "fc8"], "shape")


@points(3)
def test_convolutions_parameters(student):
    """The parameters of the five convolutions; pooling has none."""
    table_half(student, ["conv1", "conv2", "conv3", "conv4", "conv5", "pool1", "pool2", "pool5"], "parameters")


@points(2)
def test_dense_layers_parameters(student):
    """The parameters of the three dense layers."""
    table_half(student, ["fc6", "fc7", "fc8"], "parameters")


@points(1)
def test_total(student):
    """All parameters together."""
    right = reference.alexnet_table()
    expect_entry(student.alexnet_table, "total", right, like=misconceptions.ALEXNET_TABLE, rtol=0)
