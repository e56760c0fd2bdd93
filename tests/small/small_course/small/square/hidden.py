"""Hidden checks of square."""

from autograder.checks.api import expect_equal, points


@points(6)
def test_square_of_ten(student):
    """Ten times ten is a hundred."""
    expect_equal(student.square(10), 100)
