"""Public checks of same-padding."""

from autograder.checks.api import expect_equal, misconceptions, reference


def test_odd_kernel(student):
    """An odd kernel at stride 1 needs the same number of pixels on both sides."""
    for size, kernel in [(7, 3), (28, 5), (5, 1)]:
        expect_equal(
            student.same_padding(size, kernel), reference.same_padding(size, kernel),
            like=misconceptions.SAME_PADDING,
        )


def test_odd_number_of_pixels(student):
    """An even kernel needs an odd number of pixels; the extra one goes after the image."""
    for size, kernel in [(6, 2), (7, 4)]:
        expect_equal(
            student.same_padding(size, kernel), reference.same_padding(size, kernel),
            like=misconceptions.SAME_PADDING,
        )


def test_stride(student):
    """With a stride there are ceil(size / stride) windows, and the padding is what the last one lacks."""
    for size, kernel, stride in [
        (6, 4, 2), (6, 3, 2), (7, 3, 2), (224, 7, 2), (8, 2, 3), (6, 1, 2), (9, 4, 2), (12, 1, 5)
    ]:
        expect_equal(
            student.same_padding(size, kernel, stride), reference.same_padding(size, kernel, stride),
            like=misconceptions.SAME_PADDING,
        )


def test_padding_of_a_dilated_kernel(student):
    """A dilated kernel covers more pixels, and needs padding for them."""
    for size, kernel, dilation in [(7, 3, 2), (9, 2, 3)]:
        expect_equal(
            student.same_padding(size, kernel, dilation=dilation),
            reference.same_padding(size, kernel, dilation=dilation), like=misconceptions.SAME_PADDING,
        )
