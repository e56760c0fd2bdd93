"""Public checks of conv-parameters: the form, and what must fit together."""

from autograder.checks.api import example, expect, expect_entries, misconceptions, reference

from ..shared import SMALL_NETWORK, whole_numbers


def test_parameters_are_whole_numbers(student):
    """Every entry is filled in with a whole number."""
    whole_numbers(student.conv_parameters, ["layer1", "layer2", "layer3", "total"])


def test_parameters_fit_together(student, variant):
    """All maps of a layer have equally many parameters, and the total is the sum of the layers."""
    *layers, total = whole_numbers(student.conv_parameters, ["layer1", "layer2", "layer3", "total"])
    for number, (count, maps) in enumerate(zip(layers, variant["maps"], strict=True), start=1):
        expect(count % maps == 0, f'"layer{number}" cannot be shared out evenly among its {maps} maps.')
    expect(total == sum(layers), "The total is not the sum of the three layers.")


@example('{"layer1": ..., "layer2": ..., "layer3": ..., "total": ...}')
def test_example(student):
    """A network on RGB images, 63 high and 50 wide, whose layers have 8, 40 and 32 maps."""
    right = reference.conv_parameters(**SMALL_NETWORK)
    expect_entries(student.conv_parameters, right, like=misconceptions.CONV_PARAMETERS)
