"""Hidden checks of output-size."""

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


def expect_size(student, case):
    expect_equal(later(student.output_size, **case), reference.output_size(**case), like=misconceptions.OUTPUT_SIZE)


@points(2)
@search(cases(size=st.integers(3, 40), kernel=st.integers(1, 3), stride=st.integers(1, 4)))
def test_size_with_a_stride(student, case):
    """The size is right for any image, kernel and stride, also where the last pixels are never read."""
    for stride in (case.stride, 2, 3):
        expect_size(student, {**case, "stride": stride})


@points(2)
@search(cases(size=st.integers(1, 40), kernel=st.integers(1, 3), padding=st.integers(1, 4)))
def test_size_with_padding(student, case):
    """Padding adds pixels before and after the image, whatever the stride."""
    for padding in (case.padding, 2, 3):
        expect_size(student, {**case, "padding": padding})
    for stride in (2, 3):  # the windows fit exactly
        size = case.kernel + stride * case.size + 2 * case.padding * (stride - 1)
        expect_size(student, {**case, "size": size, "padding": case.padding, "stride": stride})


@points(2)
@search(cases(windows=st.integers(2, 9), kernel=st.integers(2, 4), stride=small, dilation=st.integers(2, 4)))
def test_size_with_dilation(student, case):
    """Dilation widens the window and leaves the stride alone."""
    for dilation in (1, case.dilation):
        for stride in (1, case.stride):  # the windows fit exactly
            size = dilation * (case.kernel - 1) + 1 + stride * (case.windows - 1)
            expect_size(student, {"size": size, "kernel": case.kernel, "stride": stride, "dilation": dilation})


@points(1)
def test_size_refuses_what_is_no_count(student):
    """A size, kernel, stride or dilation below 1 and a negative padding raise a ValueError that names the argument."""
    right = {"size": 9, "kernel": 3, "stride": 1, "padding": 1, "dilation": 1}
    expect_refusals(student, [
        (refused("ValueError", naming=name), partial(student.output_size, **{**right, name: value}))
        for name in right for value in ((0, -2) if name != "padding" else (-1,))
    ])


@points(1)
@search(cases(size=st.integers(1, 9), padding=st.integers(0, 2), dilation=small, more=st.integers(1, 5)))
def test_size_refuses_a_window_too_wide(student, case):
    """A window wider than the padded image raises a ValueError; one that just fits does not."""
    for size, padding, dilation in ((4, 2, 1), (9, 0, 3), (case.size, case.padding, case.dilation)):
        kernel = (size + 2 * padding - 1) // dilation + 1
        options = {"padding": padding, "dilation": dilation}
        later(student.output_size, size, kernel, **options)
        too_wide = refused("ValueError", about="a window wider than the padded input")
        expect_refusals(student, [(too_wide, partial(student.output_size, size, kernel + case.more, **options))])
