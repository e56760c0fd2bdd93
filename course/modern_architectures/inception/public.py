"""Public checks of inception."""

from autograder.checks.api import misconceptions, reference

from ..shared import run, same_layers, same_output, same_shape

INCEPTION = {"in_channels": 3, "c1": 2, "c3_reduce": 1, "c3": 4, "c5_reduce": 1, "c5": 2, "pool_proj": 3}


def test_joined_channels(student):
    """2 + 4 + 2 + 3 channels come out, and height and width stay."""
    seen = run(student, student.InceptionModule, INCEPTION, [(1, 3, 5, 6)])
    right = reference.inception(INCEPTION, [(1, 3, 5, 6)], _report="shape")
    same_shape(seen, right, misconceptions.INCEPTION)


def test_parameters_of_the_six_convolutions(student):
    """The module has the parameters of six convolutions with biases."""
    seen = run(student, student.InceptionModule, INCEPTION, [(1, 3, 5, 6)])
    same_layers(seen, reference.inception(INCEPTION, [(1, 3, 5, 6)], _report="layers"), misconceptions.INCEPTION)


def test_output_of_a_small_module(student):
    """For given weights the output of a small module is right."""
    seen = run(student, student.InceptionModule, INCEPTION, [(1, 3, 4, 4)])
    same_output(seen, reference.inception(INCEPTION, [(1, 3, 4, 4)]), misconceptions.INCEPTION)
