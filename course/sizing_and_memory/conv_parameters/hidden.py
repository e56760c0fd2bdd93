"""Hidden checks of conv-parameters."""

from autograder.checks.api import all_variants, expect_entry, misconceptions, points, reference


def entry(student, key, variant):
    right = reference.conv_parameters(**variant)
    others = all_variants("conv-parameters")
    expect_entry(student.conv_parameters, key, right, like=misconceptions.CONV_PARAMETERS, others=others, rtol=0)


@points(3)
def test_first_layer(student, variant):
    """Layer 1: the kernels reach through the image's channels, and every map has a bias."""
    entry(student, "layer1", variant)


@points(3)
def test_second_layer(student, variant):
    """Layer 2: the kernels reach through all maps of layer 1."""
    entry(student, "layer2", variant)


@points(3)
def test_third_layer(student, variant):
    """Layer 3: the kernels reach through all maps of layer 2."""
    entry(student, "layer3", variant)


@points(1)
def test_all_parameters(student, variant):
    """The total is the sum of the three layers."""
    entry(student, "total", variant)
