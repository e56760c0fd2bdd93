"""Public checks of worked-sizes."""

from autograder.checks.api import expect, read_entry, read_list, read_number


def test_sizes_are_there(student, variant):
    """There is one entry for each case: a whole number, or None where the windows do not fit exactly."""
    sizes = read_list(read_entry(student.worked_sizes, "sizes"), 'the entry "sizes"', length=len(variant["cases"]))
    for index, size in enumerate(sizes):
        if size is not None:
            read_number(size, f'the entry "sizes[{index}]"', whole=True)
    expect(None in sizes, "In at least one case the windows do not fit exactly; the answer there is None.")
