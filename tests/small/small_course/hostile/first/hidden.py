"""Hidden checks of first."""

from autograder.checks.api import expect_equal, points


@points(2)
def test_first(student):
    """The first task is right."""
    expect_equal(student.first(3), 9)
