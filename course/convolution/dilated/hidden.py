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


# A slip in one direction costs what that direction does.


@points(1)
@search(cases(height=small, dilation=st.integers(1, 4), seed=seeds), examples=12)
def test_dilate_one_column(student, case):
    """Between the rows of a kernel (height, 1) are dilation - 1 zeros, and none outside."""
    expect_dilated(student, numbers(3, 1, seed=case.seed), 2)
    expect_dilated(student, numbers(case.height, 1, seed=case.seed), case.dilation)


@points(1)
@search(cases(width=small, dilation=st.integers(1, 4), seed=seeds), examples=12)
def test_dilate_one_row(student, case):
    """Between the columns of a kernel (1, width) are dilation - 1 zeros, and none outside."""
    expect_dilated(student, numbers(1, 3, seed=case.seed), 2)
    expect_dilated(student, numbers(1, case.width, seed=case.seed), case.dilation)


@points(0.5)
@search(cases(filters=small, height=small, channels=small, dilation=st.integers(1, 3), seed=seeds), examples=12)
def test_dilate_columns_of_a_layer(student, case):
    """The kernels (filters, height, 1, channels) of a layer are spread along their height only."""
    expect_dilated(student, numbers(2, 3, 1, 3, seed=case.seed), 2)
    expect_dilated(student, numbers(case.filters, case.height, 1, case.channels, seed=case.seed), case.dilation)


@points(0.5)
@search(cases(filters=small, width=small, channels=small, dilation=st.integers(1, 3), seed=seeds), examples=12)
def test_dilate_rows_of_a_layer(student, case):
    """The kernels (filters, 1, width, channels) of a layer are spread along their width only."""
    expect_dilated(student, numbers(2, 1, 3, 3, seed=case.seed), 2)
    expect_dilated(student, numbers(case.filters, 1, case.width, case.channels, seed=case.seed), case.dilation)


@points(1)
@search(cases(filters=small, height=small, width=small, channels=small, dilation=st.integers(1, 3), seed=seeds),
        examples=12)
def test_dilate_rows_and_columns(student, case):
    """A kernel, and the kernels of a layer, are spread along height and width."""
    expect_dilated(student, numbers(3, 2, seed=case.seed), 2)
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
