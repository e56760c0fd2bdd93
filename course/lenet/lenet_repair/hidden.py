"""Hidden checks of lenet-repair."""

import numpy as np

from autograder.checks.api import (
    CheckFailure,
    StudentError,
    cases,
    expect,
    expect_close,
    expect_equal,
    misconceptions,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ..lenet_model.hidden import has_the_convolutions, named_by_text, run

SEED = st.integers(0, 50)


def repaired(student, batches, seed=0):
    """As `run` for RepairedLeNet, with the errors named that half a repair leads to."""
    signs = {r"x400 and 256x": "only-the-view", r"x256 and 400x": "only-the-layer"}
    with named_by_text(misconceptions.LENET_REPAIR, signs):
        seen = run(student, student.RepairedLeNet, batches, seed)
    has_the_convolutions(seen)
    return seen


@points(2)
def test_parameters_of_the_repaired_network(student):
    """The repaired network has the parameters that its layers need."""
    seen = repaired(student, (16,))
    right = reference.repaired((16,), _report="parameters")
    expect_equal(seen["parameters"], right, like=misconceptions.LENET_REPAIR, what="the number of parameters")
    expect(bool(np.isfinite(seen["output"].array).all()), "The output has numbers that are not finite.")


@points(2)
def test_the_batch_stays(student):
    """As many rows of scores come out as images went in: 16, 64, 5, 1."""
    for batches in ((16, 64), (5, 1)):
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
    registry = misconceptions.BATCH_AFTER_VIEW
    right = reference.batch_after_view(case.batch)
    answer = student.batch_after_view(case.batch)
    expect(type(answer) is not float or answer != right.value, "", diagnosis=registry["a-fraction-of-a-row"])
    expect_equal(answer, right, like=registry, what="the number of rows")


@points(2)
@search(cases(batch=st.integers(1, 640).filter(lambda n: n % 16)), examples=15)
def test_batches_that_the_view_refuses(student, case):
    """batch_after_view raises a ValueError where the numbers do not fill whole rows."""
    registry = misconceptions.BATCH_AFTER_VIEW
    try:
        answer = student.batch_after_view(case.batch)
    except StudentError as error:
        expect("ValueError" in error.bases, f"A ValueError was to be raised here, not {error.known_type}.")
        return
    exact = case.batch * 400 / 256
    expect(not (type(answer) is float and answer == exact), "", diagnosis=registry["a-fraction-of-a-row"])
    near = type(answer) is int and abs(answer - exact) < 1
    expect(not near, "", diagnosis=registry["remainder-dropped"])
    raise CheckFailure("A ValueError was to be raised here, and nothing was raised.")
