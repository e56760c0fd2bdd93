"""Public checks of separable-saving: the form, and what must fit together."""

from autograder.checks.api import example, expect, expect_entries, misconceptions, reference

from ...sizing_and_memory.shared import whole_numbers

SAVING = ["plain_parameters", "separable_parameters", "plain_multiply_adds", "separable_multiply_adds"]


def test_form_of_the_saving(student, variant):
    """Four whole numbers; the separable ones are smaller, and every weight is used at each output position."""
    numbers = dict(zip(SAVING, whole_numbers(student.separable_saving, SAVING), strict=True))
    expect(numbers["separable_parameters"] < numbers["plain_parameters"], "Here the separable convolution is smaller.")
    positions = variant["height"] * variant["width"]
    for key in SAVING[2:]:
        expect(numbers[key] % positions == 0, f'"{key}" cannot be shared out evenly among the output\'s positions.')


@example(
    '{"plain_parameters": ..., "separable_parameters": ..., "plain_multiply_adds": ..., '
    '"separable_multiply_adds": ...}'
)
def test_example(student):
    """A convolution of 3x3 from 16 channels to 24, with an output 10 high and 12 wide."""
    right = reference.separable_saving(16, 24, 3, 10, 12)
    expect_entries(student.separable_saving, right, like=misconceptions.SEPARABLE_SAVING)
