"""Hidden checks of double."""

from autograder.checks.api import expect_equal, points


@points(1)
def test_double_of_five(student):
    """Twice five is ten."""
    expect_equal(student.double(5), 10)


@points(3)
def test_double_of_a_negative_number(student, rng):
    """A negative number doubles too."""
    number = -int(rng.integers(2, 100))
    expect_equal(student.double(number), 2 * number)
