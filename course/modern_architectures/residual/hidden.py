"""Hidden checks of residual."""

from autograder.checks.api import cases, current, kernel_says, misconceptions, points, reference, search
from autograder.checks.api import strategies as st

from ..shared import ROUGHLY, all_used, run, same_gradient, same_layers, same_output

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


def asked(student, options, shapes, report, seed, training=False, weights="plain"):
    """(what the student's block gives, the right report)"""
    seen = run(student, student.ResidualBlock, options, shapes, training=training, weights=weights, seed=seed,
               backward=training or report == "gradient")  # in training it is asked which layers are used
    right = reference.residual(options, shapes, training, weights, _report=report, _seed=seed)
    return seen, right, misconceptions.RESIDUAL


@points(1)
@kernel_says
@search(PROJECTED, examples=8)
def test_parameters_of_the_block(student, case):
    """A projection is there where the shape changes, and only there; convolutions have no biases."""
    current().believed = True
    for options, shapes in (straight(type(case)(case, channels=case.channels[1])), projected(case)):
        same_layers(*asked(student, options, shapes, "layers", case.seed))


@points(2)
@search(STRAIGHT, examples=12)
def test_output_with_a_straight_shortcut(student, case):
    """Where the shapes agree, the input itself is added (where normalisations and ReLUs change nothing)."""
    same_output(*asked(student, *straight(case), "output", case.seed, weights="positive"), **ROUGHLY)


@points(2)
@search(PROJECTED, examples=12)
def test_output_with_a_projection(student, case):
    """Where stride or channels change, the projected input is added (where normalisations and ReLUs change nothing)."""
    same_output(*asked(student, *projected(case), "output", case.seed, weights="positive"), **ROUGHLY)


@points(2)
@search(PROJECTED, examples=12)
def test_normalisations_and_relus(student, case):
    """ReLUs where they belong; every convolution is normalised, the projection too, and has no bias of its own."""
    for options, shapes in (straight(type(case)(case, channels=case.channels[1])), projected(case)):
        same_output(*asked(student, options, shapes, "output", case.seed, weights="drawn"))


@points(1)
@search(STRAIGHT.filter(lambda case: case.images * case.height * case.width > 1), examples=8)
def test_output_in_training(student, case):
    """In training the batch normalisations use the batch's own means and variances, each its own layer."""
    seen, right, registry = asked(student, *straight(case), "output", case.seed, training=True, weights="drawn")
    same_output(seen, right, registry)
    all_used(seen)


@points(2)
@search(STRAIGHT, examples=8)
def test_gradient_of_the_identity_path(student, case):
    """With all kernels at zero the gradient still reaches the input, through the shortcut."""
    same_gradient(*asked(student, *straight(case), "gradient", case.seed, weights="zeros"), **ROUGHLY)
