"""Hidden checks of last."""

from autograder.checks.api import expect_equal, points


@points(3)
def test_last(student):
    """The last task is right."""
    expect_equal(student.last(3), 27)
