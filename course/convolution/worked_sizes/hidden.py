"""Hidden checks of worked-sizes."""

from autograder.checks.api import all_variants, expect_entry, misconceptions, points, reference


def expect_sizes(student, variant, fitting):
    right = reference.worked_sizes(**variant)
    for index, size in enumerate(right.value["sizes"]):
        if (size is not None) == fitting:
            expect_entry(
                student.worked_sizes, "sizes", right, index=index, like=misconceptions.WORKED_SIZES,
                others=all_variants("worked-sizes"),
            )


@points(3)
def test_sizes_that_fit(student, variant):
    """Where the windows fit exactly, the size is right."""
    expect_sizes(student, variant, fitting=True)


@points(2)
def test_sizes_that_do_not_fit(student, variant):
    """Where pixels are left over, the answer is None."""
    expect_sizes(student, variant, fitting=False)
