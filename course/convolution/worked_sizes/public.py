"""Public checks of worked-sizes."""

from autograder.checks.api import (
    example,
    expect,
    expect_entries,
    misconceptions,
    read_entry,
    read_list,
    read_number,
    reference,
)

OTHER_CASES = [(10, 3, 1, 0), (6, 3, 2, 0), (14, 4, 3, 1), (5, 3, 1, 1)]


def test_sizes_are_there(student, variant):
    """There is one entry for each case: a whole number, or None where the windows do not fit exactly."""
    sizes = read_list(read_entry(student.worked_sizes, "sizes"), 'the entry "sizes"', length=len(variant["cases"]))
    for index, size in enumerate(sizes):
        if size is not None:
            read_number(size, f'the entry "sizes[{index}]"', whole=True)
    expect(None in sizes, "In at least one case the windows do not fit exactly; the answer there is None.")


@example('{"sizes": [..., ..., ..., ...]}')
def test_example(student):
    """The cases (10, 3, 1, 0), (6, 3, 2, 0), (14, 4, 3, 1) and (5, 3, 1, 1)."""
    right = reference.worked_sizes(OTHER_CASES)
    expect_entries(student.worked_sizes, right, like=misconceptions.WORKED_SIZES)
