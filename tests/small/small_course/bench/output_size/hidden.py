"""Hidden checks of output-size."""

from autograder.checks.api import expect_equal, points


@points(4)
def test_sizes(student):
    """The sizes are right."""
    for size in range(5, 20):
        expect_equal(student.output_size(size, 3), size - 2)
