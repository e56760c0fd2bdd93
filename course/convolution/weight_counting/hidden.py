"""Hidden checks of weight-counting."""

from autograder.checks.api import all_variants, expect_entry, misconceptions, points, reference


def expect_count(student, variant, key):
    expect_entry(
        student.weight_counting, key, reference.weight_counting(**variant), like=misconceptions.WEIGHT_COUNTING,
        others=all_variants("weight-counting"),
    )


@points(1)
def test_dense_small(student, variant):
    """The weights of one dense neuron on the small image."""
    expect_count(student, variant, "dense_small")


@points(1)
def test_dense_large(student, variant):
    """The weights of one dense neuron on the large image."""
    expect_count(student, variant, "dense_large")


@points(1)
def test_conv_neuron(student, variant):
    """The weights of one convolutional neuron on the small image."""
    expect_count(student, variant, "conv_neuron")


@points(2)
def test_conv_layer(student, variant):
    """The parameters of a whole convolutional layer, biases among them."""
    expect_count(student, variant, "conv_layer")
