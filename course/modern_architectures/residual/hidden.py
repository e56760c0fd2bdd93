"""Hidden checks of residual."""

import numpy as np

from autograder.checks.api import cases, expect, expect_equal, misconceptions, points, reference, search
from autograder.checks.api import strategies as st

from ..shared import run, same_gradient, same_output

FEW, SIDE, SEED = st.integers(1, 4), st.integers(1, 6), st.integers(0, 50)
STRAIGHT = cases(channels=FEW, images=st.integers(1, 2), height=SIDE, width=SIDE, seed=SEED)
PROJECTED = cases(
    channels=st.sampled_from([(1, 1, 2), (1, 2, 1), (2, 3, 2), (3, 2, 1), (2, 2, 2), (2, 4, 3)]),
    images=st.integers(1, 2), height=SIDE, width=SIDE, seed=SEED,
)


def straight(case):
    """A block in which input and output have the same shape."""
    return {"in_channels": case.channels, "out_channels": case.channels}, [
        (case.images, case.channels, case.height, case.width)]


def projected(case):
    """A block whose shortcut has to change channels or size."""
    before, after, stride = case.channels
    return {"in_channels": before, "out_channels": after, "stride": stride}, [
        (case.images, before, case.height, case.width)]


@points(2)
@search(PROJECTED, examples=8)
def test_parameters_of_the_block(student, case):
    """A projection is there where the shape changes, and only there; convolutions have no biases."""
    for options, shapes in (straight(type(case)(case, channels=case.channels[1])), projected(case)):
        seen = run(student, student.ResidualBlock, options, shapes, seed=case.seed)
        right = reference.residual(options, shapes, _report="parameters", _seed=case.seed)
        expect_equal(seen["parameters"], right, like=misconceptions.RESIDUAL, what="the number of parameters")
        expect(bool(np.isfinite(seen["output"].array).all()), "The output has numbers that are not finite.")


@points(3)
@search(STRAIGHT, examples=12)
def test_output_with_a_straight_shortcut(student, case):
    """Where the shapes agree, the input itself is added; for given weights the output is right."""
    options, shapes = straight(case)
    seen = run(student, student.ResidualBlock, options, shapes, seed=case.seed)
    same_output(seen, reference.residual(options, shapes, _seed=case.seed), misconceptions.RESIDUAL)


@points(2)
@search(PROJECTED, examples=12)
def test_output_with_a_projection(student, case):
    """Where stride or channels change, the projected input is added; for given weights the output is right."""
    options, shapes = projected(case)
    seen = run(student, student.ResidualBlock, options, shapes, seed=case.seed)
    same_output(seen, reference.residual(options, shapes, _seed=case.seed), misconceptions.RESIDUAL)


@points(1)
@search(STRAIGHT.filter(lambda case: case.images * case.height * case.width > 1), examples=8)
def test_output_in_training(student, case):
    """In training the batch normalisations use the batch's own means and variances."""
    options, shapes = straight(case)
    seen = run(student, student.ResidualBlock, options, shapes, training=True, seed=case.seed)
    same_output(seen, reference.residual(options, shapes, True, _seed=case.seed), misconceptions.RESIDUAL)


@points(2)
@search(STRAIGHT, examples=8)
def test_gradient_of_the_identity_path(student, case):
    """With all kernels at zero the gradient still reaches the input, through the shortcut."""
    options, shapes = straight(case)
    seen = run(student, student.ResidualBlock, options, shapes, zeros=True, seed=case.seed)
    right = reference.residual(options, shapes, False, True, _report="gradient", _seed=case.seed)
    same_gradient(seen, right, misconceptions.RESIDUAL)
