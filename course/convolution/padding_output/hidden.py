"""Hidden checks of padding-output."""

from autograder.checks.api import expect_entry, misconceptions, points, reference


def expect_padded(student, key):
    expect_entry(student.padding_output, key, reference.padding_output(), like=misconceptions.PADDING_OUTPUT)


@points(1)
def test_size_after_same(student):
    """The size of the map with "same" padding."""
    expect_padded(student, "same")


@points(1)
def test_size_after_valid(student):
    """The size of the map without padding."""
    expect_padded(student, "valid")


@points(1)
def test_valid_repeats(student):
    """How often a valid convolution can be repeated until the window no longer fits."""
    expect_padded(student, "valid_repeats")


@points(1)
def test_least_read(student):
    """Which pixels a valid convolution reads least."""
    expect_padded(student, "least_read")
