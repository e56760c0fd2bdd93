"""Public checks of lenet-repair."""

from autograder.checks.api import (
    CheckFailure,
    StudentError,
    expect,
    expect_close,
    expect_equal,
    misconceptions,
    reference,
)

from ..shared import run


def repaired(student, batches):
    signs = {r"x400 and 256x": "only-the-view", r"x256 and 400x": "only-the-layer"}
    return run(student, student.RepairedLeNet, batches, misconceptions.LENET_REPAIR, signs)


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
    expect_equal(student.batch_after_view(64), reference.batch_after_view(64), like=misconceptions.BATCH_AFTER_VIEW,
                 what="the number of rows")


def test_a_batch_of_one(student):
    """A single image has 400 numbers, which do not fill rows of 256: a ValueError."""
    try:
        answer = student.batch_after_view(1)
    except StudentError as error:
        expect("ValueError" in error.bases, f"A ValueError was to be raised here, not {error.known_type}.")
        return
    like = misconceptions.BATCH_AFTER_VIEW
    expect(answer != 400 / 256, "", diagnosis=like["a-fraction-of-a-row"])
    expect(answer not in (1, 2), "", diagnosis=like["remainder-dropped"])
    raise CheckFailure("A ValueError was to be raised here, and nothing was raised.")
