"""Public checks of residual."""

from autograder.checks.api import misconceptions, reference, second

from ..shared import run, same_layers, same_output


@second(lambda rng: 6)
def test_straight_block(student, case):
    """A block of 2 channels without a stride, on an image of 4x4: the input itself is added."""
    options, shapes = {"in_channels": 2, "out_channels": 2}, [(1, 2, case or 4, 4)]
    seen = run(student, student.ResidualBlock, options, shapes)
    same_output(seen, reference.residual(options, shapes), misconceptions.RESIDUAL)


@second(lambda rng: 7)
def test_block_with_a_projection(student, case):
    """A block from 2 to 3 channels with stride 2, on an image of 5x5: a projection is added."""
    options, shapes = {"in_channels": 2, "out_channels": 3, "stride": 2}, [(1, 2, case or 5, 5)]
    seen = run(student, student.ResidualBlock, options, shapes)
    same_layers(seen, reference.residual(options, shapes, _report="layers"), misconceptions.RESIDUAL)
    same_output(seen, reference.residual(options, shapes), misconceptions.RESIDUAL)


def test_block_with_a_stride_alone(student):
    """A block of 2 channels with stride 2, on an image of 5x5: here, too, the shape changes."""
    options, shapes = {"in_channels": 2, "out_channels": 2, "stride": 2}, [(1, 2, 5, 5)]
    seen = run(student, student.ResidualBlock, options, shapes)
    same_output(seen, reference.residual(options, shapes), misconceptions.RESIDUAL)
