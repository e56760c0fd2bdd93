"""Hidden checks of assignment 01."""

from hypothesis import strategies as st

from autograder.checks.api import cases, expect_equal, misconceptions, points, reference, search, task

SIZES = cases(size=st.integers(1, 40), kernel=st.integers(1, 5), stride=st.integers(1, 4), padding=st.integers(0, 3),
              dilation=st.integers(1, 3)).filter(lambda c: c.dilation * (c.kernel - 1) < c.size + 2 * c.padding)


@task("output-size")
@points(3)
@search(SIZES)
def test_any_size(student, case):
    """The size is right for any kernel, stride, padding and dilation."""
    expect_equal(student.output_size(**case), reference.output_size(**case), like=misconceptions.OUTPUT_SIZE)
