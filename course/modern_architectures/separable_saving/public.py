"""Public checks of separable-saving: the form, and what must fit together."""

from autograder.checks.api import CheckFailure, expect

SAVING = ["plain_parameters", "separable_parameters", "plain_multiply_adds", "separable_multiply_adds"]


def test_form_of_the_saving(student, variant):
    """Four whole numbers; the separable ones are smaller, and every weight is used at each output position."""
    answer = student.separable_saving
    if not isinstance(answer, dict):
        raise CheckFailure("This task is answered with a dict.")
    for key in SAVING:
        value = answer.get(key)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0 or value % 1:
            raise CheckFailure(f'The entry "{key}" is to be a whole number above 0.')
    expect(answer["separable_parameters"] < answer["plain_parameters"], "Here the separable convolution is smaller.")
    positions = variant["height"] * variant["width"]
    for key in SAVING[2:]:
        expect(answer[key] % positions == 0, f'"{key}" cannot be shared out evenly among the output\'s positions.')
