"""Hidden checks of squeeze-excite."""

from autograder.checks.api import cases, expect_equal, misconceptions, points, reference, search
from autograder.checks.api import strategies as st

from ..shared import run, same_gradient, same_output

SIDE, SEED = st.integers(1, 6), st.integers(0, 50)
SQUEEZED = cases(
    options=st.fixed_dictionaries({"channels": st.integers(4, 12), "reduction": st.integers(2, 4)}),
    height=SIDE, width=SIDE, seed=SEED,
)


def squeezed(student, case, images=1, **options):
    options = case.options | options
    shapes = [(images, options["channels"], case.height, case.width)]
    return run(student, student.SqueezeExcite, options, shapes, seed=case.seed), options, shapes


def same_parameters(seen, right, shape, registry):
    """The number of parameters, beside an output of the right shape."""
    expect_equal(tuple(seen["output"].shape), shape, what="the output's shape")
    expect_equal(seen["parameters"], right, like=registry, what="the number of parameters")


@points(2)
@search(SQUEEZED, examples=10)
def test_parameters_of_the_two_layers(student, case):
    """Two dense layers with biases, channels // reduction units between them."""
    seen, options, shapes = squeezed(student, case)
    right = reference.squeeze_excite(options, shapes, _report="parameters", _seed=case.seed)
    same_parameters(seen, right, shapes[0], misconceptions.SQUEEZE_EXCITE)


@points(4)
@search(SQUEEZED, examples=12)
def test_scaled_channels(student, case):
    """Each channel is scaled by its factor; for given weights the output is right."""
    seen, options, shapes = squeezed(student, case)
    same_output(seen, reference.squeeze_excite(options, shapes, _seed=case.seed), misconceptions.SQUEEZE_EXCITE)


@points(1)
@search(SQUEEZED, examples=8)
def test_every_image_by_itself(student, case):
    """Every image of a batch has factors of its own."""
    seen, options, shapes = squeezed(student, case, images=3)
    same_output(seen, reference.squeeze_excite(options, shapes, _seed=case.seed), misconceptions.SQUEEZE_EXCITE)


@points(1)
@search(SQUEEZED, examples=8)
def test_fewer_channels_than_the_reduction(student, case):
    """With fewer channels than the reduction one unit is left between the layers."""
    seen, options, shapes = squeezed(student, case, channels=3, reduction=16)
    right = reference.squeeze_excite(options, shapes, _report="parameters", _seed=case.seed)
    same_parameters(seen, right, shapes[0], misconceptions.SQUEEZE_EXCITE)


@points(2)
@search(SQUEEZED, examples=8)
def test_gradient_through_the_factors(student, case):
    """The gradient flows through the channels and through their factors."""
    seen, options, shapes = squeezed(student, case)
    right = reference.squeeze_excite(options, shapes, _report="gradient", _seed=case.seed)
    same_gradient(seen, right, misconceptions.SQUEEZE_EXCITE)
