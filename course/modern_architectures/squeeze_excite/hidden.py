"""Hidden checks of squeeze-excite."""

from autograder.checks.api import cases, current, kernel_says, misconceptions, points, reference, search
from autograder.checks.api import strategies as st

from ..shared import run, same_gradient, same_layers, same_output

SIDE, SEED = st.integers(1, 6), st.integers(0, 50)
SQUEEZED = cases(
    options=st.fixed_dictionaries({"channels": st.integers(4, 12), "reduction": st.integers(2, 4)}),
    height=SIDE, width=SIDE, seed=SEED,
)

# The mean and the maximum of one pixel are the same.
PIXELS = cases(
    options=st.fixed_dictionaries({"channels": st.integers(4, 12), "reduction": st.integers(2, 4)}),
    height=st.just(1), width=st.just(1), seed=SEED,
)


def squeezed(student, case, report, images=1, weights="plain", **options):
    """(what the student's module gives, the right report)"""
    options = case.options | options
    shapes = [(images, options["channels"], case.height, case.width)]
    seen = run(student, student.SqueezeExcite, options, shapes, weights=weights, seed=case.seed,
               backward=report == "gradient")
    right = reference.squeeze_excite(options, shapes, weights=weights, _report=report, _seed=case.seed)
    return seen, right, misconceptions.SQUEEZE_EXCITE


@points(1)
@kernel_says
@search(SQUEEZED, examples=8)
def test_parameters_of_the_two_layers(student, case):
    """Two dense layers with biases, channels // reduction units between them."""
    current().believed = True
    same_layers(*squeezed(student, case, "layers"))


@points(2)
@search(SQUEEZED, examples=6)
def test_factors_of_one_half(student, case):
    """Where all weights are 0, a sigmoid gives one half, and every channel is halved."""
    same_output(*squeezed(student, case, "output", weights="zeros"))


@points(2)
@search(SQUEEZED, examples=12)
def test_scaled_channels(student, case):
    """Each channel is scaled by its factor; for given weights, and biases of 0, the output is right."""
    same_output(*squeezed(student, case, "output"))


@points(1)
@search(PIXELS, examples=10)
def test_biases_of_the_two_layers(student, case):
    """Both dense layers have biases, which are part of the factors."""
    same_output(*squeezed(student, case, "output", weights="drawn"))


@points(1)
@search(PIXELS, examples=8)
def test_every_image_by_itself(student, case):
    """Every image of a batch has factors of its own."""
    same_output(*squeezed(student, case, "output", images=3, weights="positive"))


@points(1)
@search(PIXELS, examples=8)
def test_fewer_channels_than_the_reduction(student, case):
    """With fewer channels than the reduction one unit is left between the layers."""
    same_output(*squeezed(student, case, "output", channels=3, reduction=16, weights="positive"))


@points(1)
@search(SQUEEZED, examples=6)
def test_gradient_through_the_channels(student, case):
    """The gradient flows through the channels, also where no factor depends on them."""
    same_gradient(*squeezed(student, case, "gradient", weights="zeros"))


@points(1)
@search(SQUEEZED, examples=8)
def test_gradient_through_the_factors(student, case):
    """The gradient flows through the factors as well."""
    same_gradient(*squeezed(student, case, "gradient"))
