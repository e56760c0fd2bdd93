"""Public checks of lenet-repair."""

from autograder.checks.api import StudentError, expect_close, expect_equal, misconceptions, reference

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


def rows_of_views(student, batches):
    """What batch_after_view says of each batch; "ValueError" where it raises one."""
    return [_rows(student, batch) for batch in batches]


def _rows(student, batch):
    try:
        return student.batch_after_view(batch)
    except StudentError as error:
        if FAILS in error.bases:
            return FAILS
        raise


def test_sixteen_images(student):
    """16 images go in, and 16 rows of scores come out."""
    seen = repaired(student, (16,))
    expect_equal(seen["shapes"], reference.repaired((16,), _report="shapes"), like=misconceptions.LENET_REPAIR,
                 what="the list of the outputs' shapes")


def test_the_rest_is_as_it_was(student):
    """With weights that the check sets, the scores of 16 images are right: nothing else has changed."""
    seen = repaired(student, (16,))
    expect_close(seen["output"], reference.repaired((16,)), like=misconceptions.LENET_REPAIR, framework="torch",
                 what="the output")


def test_the_batch_of_64(student):
    """The view makes 100 rows of a batch of 64."""
    expect_equal(rows_of_views(student, [64]), reference.rows_of_views([64]), like=misconceptions.BATCH_AFTER_VIEW,
                 what="the list with the number of rows")


def test_a_batch_of_one(student):
    """A single image has 400 numbers, which do not fill rows of 256: a ValueError. Nor do 25 images."""
    expect_equal(rows_of_views(student, [1, 25]), reference.rows_of_views([1, 25]),
                 like=misconceptions.BATCH_AFTER_VIEW, what="the list of what is given or raised")
