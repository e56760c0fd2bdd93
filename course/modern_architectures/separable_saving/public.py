"""Public checks of separable-saving: the form, and what must fit together."""

from autograder.checks.api import expect

from ...sizing_and_memory.shared import whole_numbers

SAVING = ["plain_parameters", "separable_parameters", "plain_multiply_adds", "separable_multiply_adds"]


def test_form_of_the_saving(student, variant):
    """Four whole numbers; the separable ones are smaller, and every weight is used at each output position."""
    numbers = dict(zip(SAVING, whole_numbers(student.separable_saving, SAVING), strict=True))
    expect(numbers["separable_parameters"] < numbers["plain_parameters"], "Here the separable convolution is smaller.")
    positions = variant["height"] * variant["width"]
    for key in SAVING[2:]:
        expect(numbers[key] % positions == 0, f'"{key}" cannot be shared out evenly among the output\'s positions.')
