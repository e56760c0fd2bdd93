"""Public checks of receptive-field."""

from autograder.checks.api import expect_equal, misconceptions, reference


def test_two_layers_see_further(student):
    """Two layers of 3x3 see 5x5, three see 7x7."""
    for layers in ([(3, 1, 1)], [(3, 1, 1), (3, 1, 1)], [(3, 1, 1)] * 3, [(5, 1, 1), (2, 1, 1)]):
        expect_equal(
            student.receptive_field(layers), reference.receptive_field(layers), like=misconceptions.RECEPTIVE_FIELD
        )


def test_strides_widen(student):
    """A stride makes all later layers see further."""
    for layers in ([(2, 2, 1)] * 2, [(3, 2, 1)], [(3, 2, 1), (2, 1, 1)], [(2, 3, 1), (2, 2, 1), (2, 1, 1)],
                   [(2, 2, 1)] * 3):
        expect_equal(
            student.receptive_field(layers), reference.receptive_field(layers), like=misconceptions.RECEPTIVE_FIELD
        )


def test_dilations_widen(student):
    """A dilation widens its own window, and nothing else."""
    for layers in ([(3, 1, 1)] * 2, [(3, 1, 2)], [(3, 1, 2), (2, 1, 1)], [(3, 1, 3), (3, 1, 1)]):
        expect_equal(
            student.receptive_field(layers), reference.receptive_field(layers), like=misconceptions.RECEPTIVE_FIELD
        )
