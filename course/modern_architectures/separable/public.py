"""Public checks of separable."""

from autograder.checks.api import misconceptions, reference, second

from ..shared import run, same_layers, same_output


def test_parameters_from_two_to_three_channels(student):
    """From 2 to 3 channels with a 3x3 kernel: 18 + 6 parameters."""
    options, shapes = {"in_channels": 2, "out_channels": 3, "kernel_size": 3}, [(1, 2, 5, 5)]
    seen = run(student, student.SeparableConv2d, options, shapes)
    same_layers(seen, reference.separable(options, shapes, _report="layers"), misconceptions.SEPARABLE)


@second(lambda rng: 8)
def test_output_with_stride_and_padding(student, case):
    """For given weights the output is right, also with a stride and padding."""
    for more in ({}, {"stride": 2, "padding": 1}):
        options, shapes = {"in_channels": 2, "out_channels": 3, "kernel_size": 3, **more}, [(1, 2, case or 5, 6)]
        seen = run(student, student.SeparableConv2d, options, shapes)
        same_output(seen, reference.separable(options, shapes), misconceptions.SEPARABLE)
