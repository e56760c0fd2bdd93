"""Public checks of lenet-repair."""

from autograder.checks.api import (
    CheckFailure,
    StudentError,
    expect_close,
    expect_equal,
    misconceptions,
    read_number,
    reference,
    second,
)

from ..shared import run

# What only one misconception ends in, as PyTorch says it for a first batch of n images.
SIGNS = {
    "init-of-module-forgotten": lambda n: r"cannot assign module before Module\.__init__\(\) call",
    "only-the-view": lambda n: rf"cannot be multiplied \({n}x400 and 256x\d+\)",
    "only-the-layer": lambda n: rf"cannot be multiplied \({n * 400 // 256}x256 and 400x\d+\)",
}
FAILS = "ValueError"


def repaired(student, batches, seed=0):
    """What the notebook's RepairedLeNet gives (see `run_network`)."""
    return run(student, student.RepairedLeNet, batches, misconceptions.LENET_REPAIR, SIGNS, seed)


def rows_are_right(student, batches):
    """batch_after_view is right about each of these batches."""
    said = rows_of_views(student, batches)
    right = reference.rows_of_views(batches)
    try:
        expect_equal(said, right, like=misconceptions.BATCH_AFTER_VIEW, what="the number of rows")
    except CheckFailure as error:
        batch, got = next((b, got) for b, got, one in zip(batches, said, right.value, strict=True) if got != one)
        raise CheckFailure(_about(batch, got), error.details, error.counterexample, fixed=error.fixed) from None


def _about(batch, got):
    """A wrong answer for one batch, in words."""
    says = f"batch_after_view({batch}) " + (f"raises a {FAILS}" if got == FAILS else f"gives {got}")
    numbers = f"{16 * 5 * 5 * batch:,} numbers"
    if batch % 16:
        return f"{says}; {numbers} do not fill whole rows of 256, and a {FAILS} is asked for."
    return f"{says}; {numbers} fill whole rows of 256, and how many is asked for."


def rows_of_views(student, batches):
    """What batch_after_view says of each batch: a number; "ValueError" where it raises one."""
    return [_rows(student, batch) for batch in batches]


def _rows(student, batch):
    try:
        said = student.batch_after_view(batch)
    except StudentError as error:
        if FAILS in error.bases:
            return FAILS
        raise
    return read_number(said, "the result of batch_after_view")


@second(lambda rng: 5)
def test_sixteen_images(student, case):
    """16 images go in, and 16 rows of scores come out."""
    batches = (case or 16,)
    seen = repaired(student, batches)
    expect_equal(seen["shapes"], reference.repaired(batches, _report="shapes"), like=misconceptions.LENET_REPAIR,
                 what="the list of the outputs' shapes")


@second(lambda rng: 32)
def test_the_rest_is_as_it_was(student, case):
    """With weights that the check sets, the scores of 16 images are right: nothing else has changed."""
    batches = (case or 16,)
    seen = repaired(student, batches)
    expect_close(seen["output"], reference.repaired(batches), like=misconceptions.LENET_REPAIR, framework="torch",
                 what="the output")


@second(lambda rng: 96)
def test_the_batch_of_64(student, case):
    """The view makes 100 rows of a batch of 64."""
    rows_are_right(student, [case or 64])


@second(lambda rng: 8)
def test_a_batch_of_one(student, case):
    """A single image has 400 numbers, which do not fill rows of 256: a ValueError. Nor do 25 images."""
    rows_are_right(student, [case or 1, 25])
