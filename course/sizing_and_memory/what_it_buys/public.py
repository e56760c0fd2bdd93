"""Public checks of what-it-buys: the form."""

from autograder.checks.api import CheckFailure

MEASURES = ["half_batch", "half_sides", "sixteen_bit_activations", "half_filters"]


def test_form_of_the_factors(student):
    """Four factors between 0 and 1: what is left, not what is saved; and a list of names."""
    answer = student.what_it_buys
    if not isinstance(answer, dict):
        raise CheckFailure("This task is answered with a dict.")
    for name in MEASURES:
        factor = answer.get(name)
        if not isinstance(factor, (int, float)) or not 0 < factor < 1:
            raise CheckFailure(f'"{name}" is to be a factor between 0 and 1.')
    names = answer.get("leaves_parameters_alone")
    if not isinstance(names, (list, tuple)) or not names or any(name not in MEASURES for name in names):
        raise CheckFailure(f'"leaves_parameters_alone" is to be a list of names out of {", ".join(MEASURES)}.')
