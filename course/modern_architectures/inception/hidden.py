"""Hidden checks of inception."""

from autograder.checks.api import cases, current, kernel_says, misconceptions, points, reference, search
from autograder.checks.api import strategies as st

from ..shared import ROUGHLY, run, same_gradient, same_layers, same_output, same_shape

FEW, SIDE, SEED = st.integers(1, 4), st.integers(1, 6), st.integers(0, 50)
COUNTS = ("in_channels", "c1", "c3_reduce", "c3", "c5_reduce", "c5", "pool_proj")
WIDTHS = st.fixed_dictionaries(dict.fromkeys(COUNTS, FEW))
MODULES = cases(options=WIDTHS, images=st.integers(1, 2), height=SIDE, width=SIDE, seed=SEED)
# One image, and branches that are equally wide: here even maps that were joined along the batch lie in their order.
ALIKE = st.tuples(FEW, FEW, FEW, FEW).map(
    lambda drawn: dict(zip(("in_channels", "c3_reduce", "c5_reduce"), drawn[:3], strict=True))
    | dict.fromkeys(("c1", "c3", "c5", "pool_proj"), drawn[3]))
MODULES_ALIKE = cases(options=ALIKE, images=st.just(1), height=SIDE, width=SIDE, seed=SEED)


def inception(student, case, report, weights="plain"):
    """(what the student's module gives, the right report)"""
    shapes = [(case.images, case.options["in_channels"], case.height, case.width)]
    seen = run(student, student.InceptionModule, case.options, shapes, weights=weights, seed=case.seed,
               backward=report == "gradient")
    right = reference.inception(case.options, shapes, weights=weights, _report=report, _seed=case.seed)
    return seen, right, misconceptions.INCEPTION


@points(1)
@kernel_says
@search(MODULES_ALIKE, examples=10)
def test_parameters_of_the_branches(student, case):
    """The module has the parameters of its six convolutions, biases included, and no others."""
    current().believed = True
    same_layers(*inception(student, case, "layers"))


@points(2)
@search(MODULES, examples=12)
def test_branches_keep_the_size(student, case):
    """Height and width stay for any image, and the channels of the four branches are joined."""
    same_shape(*inception(student, case, "shape"))


@points(3)
@search(MODULES, examples=12)
def test_output_of_the_module(student, case):
    """Where ReLUs and biases change nothing, the output is right, branch by branch: 1x1, 3x3, 5x5, pooling."""
    same_output(*inception(student, case, "output", weights="positive"), **ROUGHLY)


@points(2)
@search(MODULES, examples=12)
def test_biases_and_relus_of_the_branches(student, case):
    """Every convolution has biases, and nothing but a ReLU follows it."""
    same_output(*inception(student, case, "output", weights="drawn"))


@points(2)
@search(MODULES_ALIKE, examples=10)
def test_gradient_through_the_branches(student, case):
    """The gradient of the input is the sum over all branches."""
    same_gradient(*inception(student, case, "gradient", weights="positive"), **ROUGHLY)
