"""Hidden checks of tiny-sum."""

from autograder.checks.api import expect_equal, points


@points(2)
def test_the_sum(student):
    """The sum of one and two."""
    expect_equal(student.tiny_sum["total"], 3)
