"""Public checks of dilated."""

from autograder.checks.api import expect_close, misconceptions, reference, second

from ..shared import whole


def test_zeros_between_taps(student):
    """Between neighbouring taps of a 2-D kernel there are dilation - 1 zeros."""
    for shape, dilation in (((2, 2), 2), ((3, 2), 3), ((3, 3), 1)):
        kernel = whole(*shape, seed=1)
        expect_close(
            student.dilate_kernel(kernel, dilation), reference.dilate_kernel(kernel, dilation),
            like=misconceptions.DILATE_KERNEL,
        )


@second(lambda rng: 5)
def test_kernels_of_a_layer(student, case):
    """Of a layer's kernels (filters, height, width, channels) only height and width grow."""
    kernels = whole(2, case or 3, 2, 3, seed=2) / 2  # in an integer array a half would be lost
    expect_close(
        student.dilate_kernel(kernels, 2), reference.dilate_kernel(kernels, 2), like=misconceptions.DILATE_KERNEL
    )
