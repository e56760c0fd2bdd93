"""Public checks of inception."""

from autograder.checks.api import misconceptions, reference, second

from ..shared import run, same_layers, same_output, same_shape

INCEPTION = {"in_channels": 3, "c1": 2, "c3_reduce": 1, "c3": 4, "c5_reduce": 1, "c5": 2, "pool_proj": 3}


@second(lambda rng: 7)
def test_joined_channels(student, case):
    """2 + 4 + 2 + 3 channels come out, and height and width stay."""
    shapes = [(1, 3, case or 5, 6)]
    seen = run(student, student.InceptionModule, INCEPTION, shapes)
    right = reference.inception(INCEPTION, shapes, _report="shape")
    same_shape(seen, right, misconceptions.INCEPTION)


def test_parameters_of_the_six_convolutions(student):
    """The module has the parameters of six convolutions with biases."""
    seen = run(student, student.InceptionModule, INCEPTION, [(1, 3, 5, 6)])
    same_layers(seen, reference.inception(INCEPTION, [(1, 3, 5, 6)], _report="layers"), misconceptions.INCEPTION)


@second(lambda rng: 6)
def test_output_of_a_small_module(student, case):
    """For given weights the output of a small module is right."""
    shapes = [(1, 3, case or 4, 4)]
    seen = run(student, student.InceptionModule, INCEPTION, shapes)
    same_output(seen, reference.inception(INCEPTION, shapes), misconceptions.INCEPTION)
