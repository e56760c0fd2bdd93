"""Public checks of weight-counting."""

from autograder.checks.api import (
    example,
    expect,
    expect_entries,
    misconceptions,
    read_entry,
    read_number,
    reference,
)

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


@example('{"dense_small": ..., "dense_large": ..., "conv_neuron": ..., "conv_layer": ...}')
def test_example(student):
    """A small image of 10x8x2, a large one of 30x20x2, and 6 filters of 3x3."""
    right = reference.weight_counting((10, 8, 2), (30, 20, 2), 3, 6)
    expect_entries(student.weight_counting, right, like=misconceptions.WEIGHT_COUNTING)
