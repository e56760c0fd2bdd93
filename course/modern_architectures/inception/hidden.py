"""Hidden checks of inception."""

import numpy as np

from autograder.checks.api import cases, expect, expect_equal, misconceptions, points, reference, search
from autograder.checks.api import strategies as st

from ..shared import run, same_gradient, same_output

FEW, SIDE, SEED = st.integers(1, 4), st.integers(1, 6), st.integers(0, 50)
COUNTS = ("in_channels", "c1", "c3_reduce", "c3", "c5_reduce", "c5", "pool_proj")
WIDTHS = st.fixed_dictionaries(dict.fromkeys(COUNTS, FEW))
MODULES = cases(options=WIDTHS, images=st.integers(1, 2), height=SIDE, width=SIDE, seed=SEED)


def inception(student, case):
    shapes = [(case.images, case.options["in_channels"], case.height, case.width)]
    return run(student, student.InceptionModule, case.options, shapes, seed=case.seed), shapes


@points(2)
@search(MODULES, examples=10)
def test_parameters_of_the_branches(student, case):
    """The module has the parameters of its six convolutions, biases included."""
    seen, shapes = inception(student, case)
    right = reference.inception(case.options, shapes, _report="parameters", _seed=case.seed)
    expect_equal(seen["parameters"], right, like=misconceptions.INCEPTION, what="the number of parameters")
    expect(bool(np.isfinite(seen["output"].array).all()), "The output has numbers that are not finite.")


@points(2)
@search(MODULES, examples=12)
def test_branches_keep_the_size(student, case):
    """Height and width stay for any image, and the channels of the four branches are joined."""
    seen, shapes = inception(student, case)
    right = reference.inception(case.options, shapes, _report="shape", _seed=case.seed)
    expect_equal(tuple(seen["output"].shape), right, like=misconceptions.INCEPTION, what="the output's shape")


@points(4)
@search(MODULES, examples=12)
def test_output_of_the_module(student, case):
    """For given weights the output is right, branch by branch in the order 1x1, 3x3, 5x5, pooling."""
    seen, shapes = inception(student, case)
    same_output(seen, reference.inception(case.options, shapes, _seed=case.seed), misconceptions.INCEPTION)


@points(2)
@search(MODULES, examples=10)
def test_gradient_through_the_branches(student, case):
    """The gradient of the input is the sum over all branches."""
    seen, shapes = inception(student, case)
    right = reference.inception(case.options, shapes, _report="gradient", _seed=case.seed)
    same_gradient(seen, right, misconceptions.INCEPTION)
