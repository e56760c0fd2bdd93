"""Public checks of tiny-sum."""

from autograder.checks.api import expect_equal


def test_the_sum_has_its_key(student):
    """The dict has the key total."""
    expect_equal(sorted(student.tiny_sum), ["total"])
