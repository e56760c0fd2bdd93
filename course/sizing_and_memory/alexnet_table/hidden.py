"""Hidden checks of alexnet-table."""

from autograder.checks.api import expect_entry, misconceptions, points, reference

from .public import entry_of


def table_half(student, layers, half):
    """Compares one half of the layers' entries, (shape, parameters)."""
    right, answer = reference.alexnet_table(), student.alexnet_table
    for layer in layers:
        expect_entry({layer: entry_of(answer, layer)}, layer, right, like=misconceptions.ALEXNET_TABLE, rtol=0,
                     index=("shape", "parameters").index(half))


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
