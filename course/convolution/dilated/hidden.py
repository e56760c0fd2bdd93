"""Hidden checks of dilated."""

from functools import partial

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_refusals,
    kernel_says,
    later,
    leaves_unchanged,
    misconceptions,
    numbers,
    points,
    reference,
    refused,
    search,
)
from autograder.checks.api import strategies as st

from ..shared import seeds, small


def expect_dilated(student, kernel, dilation):
    expect_close(
        later(student.dilate_kernel, kernel, dilation), reference.dilate_kernel(kernel, dilation),
        like=misconceptions.DILATE_KERNEL,
    )


@points(2)
@search(cases(height=small, width=small, dilation=st.integers(1, 4), seed=seeds))
def test_dilate_one_kernel(student, case):
    """A kernel (height, width) has dilation - 1 zeros between neighbouring taps, and none outside."""
    expect_dilated(student, numbers(3, 2, seed=case.seed), 2)
    expect_dilated(student, numbers(case.height, case.width, seed=case.seed), case.dilation)


@points(2)
@search(cases(filters=small, height=small, width=small, channels=small, dilation=st.integers(1, 3), seed=seeds))
def test_dilate_kernels_of_a_layer(student, case):
    """The kernels (filters, height, width, channels) of a layer are spread along height and width only."""
    expect_dilated(student, numbers(2, 3, 2, 3, seed=case.seed), 2)
    expect_dilated(student, numbers(3, 2, 4, 2, seed=case.seed), 3)
    kernels = numbers(case.filters, case.height, case.width, case.channels, seed=case.seed)
    expect_dilated(student, kernels, case.dilation)


@points(1)
@kernel_says
def test_dilation_below_one(student):
    """A dilation below 1 raises a ValueError that names it, and the kernel that was given stays as it was."""
    below_one = refused("ValueError", naming="dilation")
    expect_refusals(student, [
        (below_one, partial(student.dilate_kernel, numbers(2, 2), dilation)) for dilation in (0, -1)
    ])
    for kernel in (numbers(2, 2), numbers(1, 2, 2, 1)):
        for dilation in (1, 2):
            alone = leaves_unchanged(student, student.dilate_kernel, kernel, dilation)
            expect(alone, "The kernel itself was changed.")
