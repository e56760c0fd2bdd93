"""Hidden checks of what-it-buys."""

from autograder.checks.api import expect_entry, misconceptions, points, read_entry, read_list, read_word, reference

from .public import MEASURES


def bought(student, key):
    answer = student.what_it_buys
    if key == "leaves_parameters_alone":  # in any order, and twice is once
        what = f'the entry "{key}"'
        names = read_list(read_entry(answer, key, known=MEASURES), what, unordered=True)
        answer = {**answer, key: sorted({read_word(name, what) for name in names})}
    expect_entry(answer, key, reference.what_it_buys(), like=misconceptions.WHAT_IT_BUYS)


@points(1)
def test_half_the_batch(student):
    """Half the batch: the factor on the outputs' memory."""
    bought(student, "half_batch")


@points(2)
def test_half_the_sides(student):
    """Half the height and half the width: the factor on the outputs' memory."""
    bought(student, "half_sides")


@points(1)
def test_sixteen_bits(student):
    """Outputs in 16 bits: the factor on their memory."""
    bought(student, "sixteen_bit_activations")


@points(1)
def test_half_the_filters(student):
    """Half the filters in every layer: the factor on the outputs' memory."""
    bought(student, "half_filters")


@points(2)
def test_what_leaves_the_parameters_alone(student):
    """The list has every measure after which the network has the same parameters as before."""
    bought(student, "leaves_parameters_alone")
