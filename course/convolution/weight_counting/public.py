"""Public checks of weight-counting."""

from autograder.checks.api import expect, read_entry, read_number

KEYS = ("dense_small", "dense_large", "conv_neuron", "conv_layer")


def count(answer, key):
    """The whole number that stands under `key`."""
    return read_number(read_entry(answer, key, known=KEYS), f'the entry "{key}"', whole=True)


def test_counts_are_there(student):
    """All four counts are filled in, as whole numbers."""
    answer = student.weight_counting
    for key in KEYS:
        count(answer, key)


def test_counts_are_plausible(student):
    """A dense neuron has more weights on the larger image, and many more than a convolutional one."""
    answer = student.weight_counting
    small, large, one, layer = (count(answer, key) for key in KEYS)
    expect(large > small > one > 0, "Compare your counts: dense_large > dense_small > conv_neuron.")
    expect(layer > one, "A layer of several filters has more parameters than one neuron.")
