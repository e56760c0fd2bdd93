"""Public checks of squeeze-excite."""

from autograder.checks.api import misconceptions, reference, second

from ..shared import run, same_layers, same_output


def test_parameters_for_eight_channels(student):
    """8 channels and a reduction of 4: two dense layers, 8 to 2 and 2 to 8, with biases."""
    options, shapes = {"channels": 8, "reduction": 4}, [(1, 8, 3, 3)]
    seen = run(student, student.SqueezeExcite, options, shapes)
    right = reference.squeeze_excite(options, shapes, _report="layers")
    same_layers(seen, right, misconceptions.SQUEEZE_EXCITE)


@second(lambda rng: 6)
def test_two_images(student, case):
    """Two images of 3x5: each channel of each image is scaled by its own factor."""
    options, shapes = {"channels": 8, "reduction": 4}, [(2, 8, case or 3, 5)]
    seen = run(student, student.SqueezeExcite, options, shapes)
    same_output(seen, reference.squeeze_excite(options, shapes), misconceptions.SQUEEZE_EXCITE)
