"""Public checks of weight-counting."""

from autograder.checks.api import expect


def test_counts_are_there(student):
    """All four counts are filled in, as whole numbers."""
    counts = student.weight_counting
    expect(isinstance(counts, dict), "This task is answered with a dict.")
    for key in ("dense_small", "dense_large", "conv_neuron", "conv_layer"):
        expect(type(counts.get(key)) is int, f'The entry "{key}" is missing or not a whole number.')


def test_counts_are_plausible(student):
    """A dense neuron has more weights on the larger image, and many more than a convolutional one."""
    counts = student.weight_counting
    known = isinstance(counts, dict) and all(type(value) is int for value in counts.values()) and len(counts) == 4
    expect(known, "Fill in the four counts first.")
    small, large, one = (counts.get(key, 0) for key in ("dense_small", "dense_large", "conv_neuron"))
    expect(large > small > one > 0, "Compare your counts: dense_large > dense_small > conv_neuron.")
    expect(counts.get("conv_layer", 0) > one, "A layer of several filters has more parameters than one neuron.")
