"""Hidden checks of lenet-repair."""

from autograder.checks.api import (
    cases,
    expect_close,
    expect_equal,
    kernel_says,
    misconceptions,
    points,
    reference,
    search,
    second,
)
from autograder.checks.api import strategies as st

from ...sizing_and_memory.shared import same_parameters
from ..lenet_model.hidden import has_the_convolutions
from . import public

SEED = st.integers(0, 50)


def repaired(student, batches, seed=0):
    """What the notebook's RepairedLeNet gives, which has the convolutions of the broken network."""
    seen = public.repaired(student, batches, seed)
    has_the_convolutions(seen)
    return seen


def views(student, batches):
    """batch_after_view is right about each of these batches."""
    expect_equal(public.rows_of_views(student, batches), reference.rows_of_views(batches),
                 like=misconceptions.BATCH_AFTER_VIEW, what="the list of what is given or raised")

LAYERS = ("conv1", "conv2", "fc1", "fc2", "fc3")


@points(1)
@kernel_says
@second(lambda rng: (32, int(rng.integers(1, 50))))
def test_parameters_of_the_repaired_network(student, case):
    """The repaired network has the parameters that its layers need."""
    batch, seed = case or (16, 0)
    right, layers = (reference.repaired((batch,), _report=part, _seed=seed) for part in ("parameters", "layers"))
    seen = repaired(student, (batch,), seed)
    same_parameters(seen, right, layers, LAYERS, misconceptions.LENET_REPAIR)


@points(3)
@second(lambda rng: [(48, 16), (5, int(rng.integers(1, 4)))])
def test_the_batch_stays(student, case):
    """As many rows of scores come out as images went in: 16, 64, 5, 1."""
    for batches in case or [(16, 64), (5, 1)]:
        seen = repaired(student, batches)
        right = reference.repaired(batches, _report="shapes")
        expect_equal(seen["shapes"], right, like=misconceptions.LENET_REPAIR, what="the list of the outputs' shapes")


@points(4)
@search(cases(images=st.sampled_from([16, 32]), few=st.integers(1, 4), seed=SEED), examples=5)
def test_scores_of_the_repaired_network(student, case):
    """For given weights the scores are right: besides the repair nothing has changed."""
    for batches in ((case.images,), (case.few,)):
        seen = repaired(student, batches, case.seed)
        expect_close(seen["output"], reference.repaired(batches, _seed=case.seed), like=misconceptions.LENET_REPAIR,
                     framework="torch", what="the output")


@points(2)
@search(cases(batch=st.integers(1, 40).map(lambda n: 16 * n)), examples=15)
def test_rows_that_the_view_makes(student, case):
    """batch_after_view gives the number of rows for batches whose numbers fill them."""
    views(student, [case.batch, case.batch + 16])


@points(2)
@search(cases(batch=st.integers(1, 640).filter(lambda n: n % 16)), examples=15)
def test_batches_that_the_view_refuses(student, case):
    """batch_after_view raises a ValueError where the numbers do not fill whole rows."""
    views(student, [case.batch, case.batch + 160])
