"""Hidden checks of same-padding."""

from functools import partial

from autograder.checks.api import (
    cases,
    expect_equal,
    expect_refusals,
    later,
    misconceptions,
    points,
    reference,
    refused,
    search,
)
from autograder.checks.api import strategies as st

from ..shared import small


def expect_padding(student, **case):
    expect_equal(later(student.same_padding, **case), reference.same_padding(**case), like=misconceptions.SAME_PADDING)


def kernel_for(zeros, size, stride, dilation=1):
    """The kernel that needs so many zeros, if there is one with this stride and dilation, else one that needs fewer."""
    covers = zeros + size - (-(-size // stride) - 1) * stride
    return max((covers - 1) // dilation + 1, 1)


@points(1)
@search(cases(size=st.integers(1, 40), kernel=st.sampled_from([1, 3, 5, 7])))
def test_padding_of_odd_kernels(student, case):
    """An odd kernel at stride 1 has as many pixels before as after."""
    expect_padding(student, **case)


@points(1)
@search(cases(size=st.integers(1, 40), kernel=st.sampled_from([2, 4, 6])))
def test_padding_of_even_kernels(student, case):
    """An even kernel at stride 1 has its odd pixel after the image."""
    expect_padding(student, **case)


@points(1)
@search(cases(size=st.integers(1, 40), half=st.integers(0, 3), stride=st.integers(2, 5)))
def test_padding_with_a_stride(student, case):
    """With a stride there are ceil(size / stride) windows, and never a negative padding."""
    for size, stride in ((5, 2), (6, 4), (case.size, case.stride)):  # always an even number of zeros
        for half in (1, case.half):
            expect_padding(student, size=size, kernel=kernel_for(2 * half, size, stride), stride=stride)
        expect_padding(student, size=size, kernel=1, stride=stride)


@points(1)
@search(cases(size=st.integers(1, 40), kernel=st.sampled_from([3, 5]), dilation=st.integers(2, 4)), examples=12)
def test_padding_with_dilation(student, case):
    """A dilated kernel needs padding for all the pixels that its window covers."""
    for kernel, dilation in ((3, 2), (case.kernel, case.dilation)):
        expect_padding(student, size=case.size, kernel=kernel, dilation=dilation)


@points(1)
@search(cases(size=st.integers(1, 40), kernel=st.integers(1, 6), stride=st.integers(1, 5), dilation=small), examples=12)
def test_padding_with_stride_and_dilation(student, case):
    """Stride and dilation together, with any number of zeros."""
    for size, kernel, stride, dilation in ((6, 3, 2, 1), (2, 4, 2, 1), (5, 2, 2, 2), (7, 2, 3, 3), (9, 1, 3, 2)):
        expect_padding(student, size=size, kernel=kernel, stride=stride, dilation=dilation)
    expect_padding(student, **case)


@points(1)
def test_padding_refuses_what_is_no_count(student):
    """A size, kernel, stride or dilation below 1 raises a ValueError that names the argument."""
    right = {"size": 9, "kernel": 3, "stride": 1, "dilation": 1}
    expect_refusals(student, [
        (refused("ValueError", naming=name), partial(student.same_padding, **{**right, name: 0})) for name in right
    ])
