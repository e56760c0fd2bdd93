"""Hidden checks of separable."""

from autograder.checks.api import cases, current, kernel_says, misconceptions, points, reference, search
from autograder.checks.api import strategies as st

from ..shared import ROUGHLY, run, same_gradient, same_layers, same_output

FEW, SEED = st.integers(1, 4), st.integers(0, 50)
SEPARATED = cases(
    options=st.fixed_dictionaries({"in_channels": FEW, "out_channels": FEW, "kernel_size": st.integers(1, 3)}),
    images=st.integers(1, 2), height=st.integers(3, 7), width=st.integers(3, 7), seed=SEED,
)


def separated(student, case, report, weights="plain", **more):
    """(what the student's module gives, the right report)"""
    options = case.options | more
    shapes = [(case.images, options["in_channels"], case.height, case.width)]
    seen = run(student, student.SeparableConv2d, options, shapes, weights=weights, seed=case.seed,
               backward=report == "gradient")
    right = reference.separable(options, shapes, weights=weights, _report=report, _seed=case.seed)
    return seen, right, misconceptions.SEPARABLE


@points(1)
@kernel_says
@search(SEPARATED, examples=8)
def test_parameters_of_the_halves(student, case):
    """One kernel per input channel, then one weight for every pair of channels; no biases."""
    current().believed = True
    same_layers(*separated(student, case, "layers"))


@points(4)
@search(SEPARATED, examples=12)
def test_output_of_the_halves(student, case):
    """For given weights the output is right (weights and inputs are positive here, and biases would be 0)."""
    same_output(*separated(student, case, "output", weights="positive"), **ROUGHLY)


@points(1)
@search(SEPARATED, examples=8)
def test_no_biases(student, case):
    """Nothing is added: neither half has biases or a normalisation."""
    same_output(*separated(student, case, "output", weights="drawn"))


@points(2)
@search(SEPARATED, examples=12)
def test_stride_and_padding(student, case):
    """Stride and padding belong to the depthwise half."""
    for more in ({"stride": 2}, {"padding": 1}, {"stride": 2, "padding": 2}):
        same_output(*separated(student, case, "output", **more), **ROUGHLY)


@points(2)
@search(SEPARATED, examples=8)
def test_gradient_through_both_halves(student, case):
    """The gradient flows back through both halves."""
    same_gradient(*separated(student, case, "gradient", weights="positive"), **ROUGHLY)
