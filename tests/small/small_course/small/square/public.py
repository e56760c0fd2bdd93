"""Public checks of square."""

from autograder.checks.api import expect_equal


def test_square_of_three(student):
    """Three times three is nine."""
    expect_equal(student.square(3), 9)
