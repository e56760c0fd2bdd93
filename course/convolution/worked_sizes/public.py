"""Public checks of worked-sizes."""

from autograder.checks.api import expect


def test_sizes_are_there(student, variant):
    """There is one entry for each case: a whole number, or None where the windows do not fit exactly."""
    answer = student.worked_sizes
    sizes = answer.get("sizes") if isinstance(answer, dict) else None
    expect(isinstance(sizes, list), 'This task is answered with a dict whose entry "sizes" is a list.')
    expect(len(sizes) == len(variant["cases"]), f"There are {len(variant['cases'])} cases, one size for each.")
    expect(all(size is None or type(size) is int for size in sizes), "A size is a whole number, or None.")
    expect(None in sizes, "In at least one case the windows do not fit exactly; the answer there is None.")
