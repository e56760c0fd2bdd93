"""Public checks of double."""

from autograder.checks.api import expect_equal


def test_double_of_two(student):
    """Twice two is four."""
    expect_equal(student.double(2), 4)
