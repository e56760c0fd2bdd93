"""Hidden checks of separable-saving."""

from autograder.checks.api import all_variants, expect_entry, misconceptions, points, reference


def saving(student, key, variant):
    expect_entry(
        student.separable_saving, key, reference.separable_saving(**variant), like=misconceptions.SEPARABLE_SAVING,
        others=all_variants("separable-saving"), rtol=0,
    )


@points(1)
def test_plain_parameters(student, variant):
    """The parameters of the plain convolution."""
    saving(student, "plain_parameters", variant)


@points(2)
def test_separable_parameters(student, variant):
    """The parameters of the separable convolution."""
    saving(student, "separable_parameters", variant)


@points(1)
def test_plain_multiply_adds(student, variant):
    """The multiply-adds of the plain convolution."""
    saving(student, "plain_multiply_adds", variant)


@points(1)
def test_separable_multiply_adds(student, variant):
    """The multiply-adds of the separable convolution."""
    saving(student, "separable_multiply_adds", variant)
