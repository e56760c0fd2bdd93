"""Public checks of what-it-buys: the form."""

from autograder.checks.api import (
    CheckFailure,
    example,
    expect_entries,
    read_entry,
    read_list,
    read_number,
    read_word,
    reference,
)

MEASURES = ["half_batch", "half_sides", "sixteen_bit_activations", "half_filters"]
ALONE = "leaves_parameters_alone"


def test_form_of_the_factors(student):
    """Four factors between 0 and 1: what is left, not what is saved; and a list of names."""
    answer = student.what_it_buys
    for name in MEASURES:
        factor = read_number(read_entry(answer, name, known=[*MEASURES, ALONE]), f'the entry "{name}"')
        if not 0 < factor < 1:
            raise CheckFailure(f'"{name}" must be a factor between 0 and 1.')
    names = read_list(read_entry(answer, ALONE, known=MEASURES), f'the entry "{ALONE}"', unordered=True)
    if not names or any(read_word(name, f'the entry "{ALONE}"') not in MEASURES for name in names):
        raise CheckFailure(f'"{ALONE}" must be a list of names out of {", ".join(MEASURES)}.')


@example('{"quarter_batch": ..., "quarter_sides": ..., "eight_bit_activations": ..., "quarter_filters": ...}')
def test_example(student):
    """A quarter of the images in a batch; images of a quarter of the height and of the width; outputs in 8 bits; a
    quarter of the maps in each layer."""
    expect_entries(student.what_it_buys, reference.what_quarters_buy())
