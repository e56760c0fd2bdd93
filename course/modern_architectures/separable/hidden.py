"""Hidden checks of separable."""

import numpy as np

from autograder.checks.api import cases, expect, expect_equal, misconceptions, points, reference, search
from autograder.checks.api import strategies as st

from ..shared import run, same_gradient, same_output

FEW, SEED = st.integers(1, 4), st.integers(0, 50)
SEPARATED = cases(
    options=st.fixed_dictionaries({"in_channels": FEW, "out_channels": FEW, "kernel_size": st.integers(1, 3)}),
    images=st.integers(1, 2), height=st.integers(3, 7), width=st.integers(3, 7), seed=SEED,
)


def separated(student, case, **options):
    options = case.options | options
    shapes = [(case.images, options["in_channels"], case.height, case.width)]
    return run(student, student.SeparableConv2d, options, shapes, seed=case.seed), options, shapes


@points(3)
@search(SEPARATED, examples=12)
def test_parameters_of_the_halves(student, case):
    """One kernel per input channel, then one weight for every pair of channels; no biases."""
    seen, options, shapes = separated(student, case)
    right = reference.separable(options, shapes, _report="parameters", _seed=case.seed)
    expect_equal(seen["parameters"], right, like=misconceptions.SEPARABLE, what="the number of parameters")
    expect(bool(np.isfinite(seen["output"].array).all()), "The output has numbers that are not finite.")


@points(3)
@search(SEPARATED, examples=12)
def test_output_of_the_halves(student, case):
    """For given weights the output is right."""
    seen, options, shapes = separated(student, case)
    same_output(seen, reference.separable(options, shapes, _seed=case.seed), misconceptions.SEPARABLE)


@points(2)
@search(SEPARATED, examples=12)
def test_stride_and_padding(student, case):
    """Stride and padding belong to the depthwise half."""
    for more in ({"stride": 2}, {"padding": 1}, {"stride": 2, "padding": 2}):
        seen, options, shapes = separated(student, case, **more)
        same_output(seen, reference.separable(options, shapes, _seed=case.seed), misconceptions.SEPARABLE)


@points(2)
@search(SEPARATED, examples=8)
def test_gradient_through_both_halves(student, case):
    """The gradient flows back through both halves."""
    seen, options, shapes = separated(student, case)
    right = reference.separable(options, shapes, _report="gradient", _seed=case.seed)
    same_gradient(seen, right, misconceptions.SEPARABLE)
