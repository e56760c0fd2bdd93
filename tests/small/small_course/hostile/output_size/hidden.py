"""Hidden checks of the attacked task."""

from autograder.checks.api import cases, expect_equal, expect_raises, points, reference, search
from autograder.checks.api import strategies as st

SIZES = cases(
    size=st.integers(8, 40),
    kernel=st.integers(1, 4),
    stride=st.integers(1, 4),
    padding=st.integers(0, 3),
    dilation=st.integers(1, 2),
)


@points(3)
def test_given_sizes(student):
    """The sizes of the text are right."""
    given = [(7, 3, 1, 0, 5), (7, 3, 2, 0, 3), (32, 5, 1, 2, 32), (227, 11, 4, 0, 55)]
    for size, kernel, stride, padding, right in given:
        expect_equal(student.output_size(size, kernel, stride, padding), right)


@points(4)
@search(SIZES)
def test_any_sizes(student, case):
    """Any size is right."""
    expect_equal(student.output_size(**case), reference.output_size(**case))


@points(1)
def test_refused(student):
    """A stride of 0 is refused."""
    with expect_raises("ValueError", naming="stride"):
        student.output_size(7, 3, stride=0)
