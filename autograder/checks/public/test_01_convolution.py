"""Public checks of assignment 01."""

from autograder.checks.api import expect_equal, expect_raises, misconceptions, reference, task


@task("output-size")
def test_it_fits_exactly(student):
    """A 3-wide window fits 5 times into 7 pixels, one pixel apart."""
    expect_equal(student.output_size(7, 3), reference.output_size(7, 3), like=misconceptions.OUTPUT_SIZE)


@task("output-size")
def test_padding_and_stride(student):
    """Padding adds pixels on both sides; the stride is the distance from one window to the next."""
    for size, kernel, stride, padding in [(7, 3, 2, 0), (7, 3, 1, 1), (32, 5, 1, 2), (227, 11, 4, 0), (8, 3, 2, 0)]:
        expect_equal(
            student.output_size(size, kernel, stride=stride, padding=padding),
            reference.output_size(size, kernel, stride=stride, padding=padding), like=misconceptions.OUTPUT_SIZE,
        )


@task("output-size")
def test_wrong_arguments(student):
    """A stride of 0 is refused with a ValueError that names the argument."""
    with expect_raises("ValueError", naming="stride"):
        student.output_size(7, 3, stride=0)
