"""Public checks of alexnet-table: the form, and what must fit together."""

from autograder.checks.api import (
    example,
    expect,
    expect_entries,
    read_entry,
    read_list,
    read_number,
    reference,
)

LAYERS = ["conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5", "fc6", "fc7", "fc8"]


def entry_of(answer, name):
    """(output shape, parameters) of a layer, as plain data; a dense layer's shape may be written as a number."""
    what = f'the entry "{name}"'
    shape, parameters = read_list(read_entry(answer, name, known=[*LAYERS, "total"]), what, length=2)
    axes = 1 if name.startswith("fc") else 3
    if axes == 1 and not isinstance(shape, list | tuple):
        shape = [shape]
    sides = read_list(shape, f'the shape in {what}', length=axes)
    return tuple(read_number(side, f'the shape in {what}') for side in sides), read_number(parameters, what)


def test_form_of_the_table(student):
    """Every layer has its output shape and its number of parameters."""
    for name in LAYERS:
        entry_of(student.alexnet_table, name)


def test_table_adds_up(student):
    """The total is the sum of the layers' parameters."""
    answer = student.alexnet_table
    total = read_number(read_entry(answer, "total", known=LAYERS), 'the entry "total"')
    counts = [entry_of(answer, name)[1] for name in LAYERS]
    expect(total == sum(counts), "The total is not the sum of the layers' parameters.")


@example('{"conv1": ((..., ..., ...), ...), "pool1": ..., "conv2": ..., "fc3": ((...,), ...), "total": ...}')
def test_example(student):
    """A 33x33x3 image; conv1: 8 filters 5x5, stride 2; pool1: 3x3, stride 2; conv2: 16 filters 3x3, padding 1; fc3: 10
    units."""
    layers = ["conv1 8@5x5 stride 2", "pool1 3x3 stride 2", "conv2 16@3x3 padding 1", "fc3 10"]
    expect_entries(student.alexnet_table, reference.table_of(layers, (33, 33, 3)))
