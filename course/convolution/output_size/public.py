"""Public checks of output-size."""

from autograder.checks.api import expect_equal, expect_raises, misconceptions, reference


def test_it_fits_exactly(student):
    """A 3-wide window fits 5 times into 7 pixels, one pixel apart."""
    expect_equal(student.output_size(7, 3), reference.output_size(7, 3), like=misconceptions.OUTPUT_SIZE)


def test_padding_and_stride(student):
    """Padding adds pixels on both sides; the stride is the distance from one window to the next."""
    for size, kernel, stride, padding in [(7, 3, 2, 0), (7, 3, 1, 1), (32, 5, 1, 2), (227, 11, 4, 0), (8, 3, 2, 0)]:
        expect_equal(
            student.output_size(size, kernel, stride=stride, padding=padding),
            reference.output_size(size, kernel, stride=stride, padding=padding), like=misconceptions.OUTPUT_SIZE,
        )


def test_dilation(student):
    """A dilated window covers more pixels: 3 taps 2 apart reach over 5."""
    for size, kernel, stride, dilation in [(7, 3, 1, 1), (7, 3, 1, 2), (9, 3, 2, 2), (10, 2, 3, 4)]:
        expect_equal(
            student.output_size(size, kernel, stride=stride, dilation=dilation),
            reference.output_size(size, kernel, stride=stride, dilation=dilation), like=misconceptions.OUTPUT_SIZE,
        )


def test_wrong_arguments(student):
    """A stride of 0 and a window wider than the image are refused with a ValueError."""
    with expect_raises("ValueError", naming="stride"):
        student.output_size(7, 3, stride=0)
    with expect_raises("ValueError", about="a window wider than the input"):
        student.output_size(2, 3)
