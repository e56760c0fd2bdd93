"""Public checks of layer-summary, and its code for the kernel."""

from autograder.checks.api import (
    CheckFailure,
    expect_equal,
    expect_raises,
    in_kernel,
    later,
    look_at,
    misconceptions,
    reference,
    wrong_return,
)


def summary_rows(summarize, conv, pool, dense, layers, input_shape):
    """Rows of `summarize` as tuples (name, output shape, parameters, multiply-adds), asked a second time.

    What is no list of rows comes as it is, and None for what is no LayerSummary.
    layers: one text each: "conv1 96@11x11 stride 4 padding 2 groups 1", "pool1 3x3 stride 2", "fc6 4096".
    """
    chain = [layer_from(text, conv, pool, dense) for text in layers]
    first = summarize(chain, tuple(input_shape))
    again = summarize(chain, tuple(input_shape))
    rows = again if isinstance(first, (list, tuple)) and len(first) == len(layers) else first  # `chain` may be changed
    if not isinstance(rows, (list, tuple)):
        return rows
    return [row_as_tuple(row) for row in rows]


def layer_from(text, conv, pool, dense):
    """One layer of the notebook's classes, from its text."""
    name, size, *words = text.split()
    options = {word: int(value) for word, value in zip(words[::2], words[1::2], strict=True)}
    if "@" in size:
        filters, kernel = size.split("@")
        return conv(name, int(filters), int(kernel.split("x")[0]), **options)
    if "x" in size:
        return pool(name, int(size.split("x")[0]), **options)
    return dense(name, int(size))


def row_as_tuple(row):
    """The four fields of a LayerSummary; None for a row of another kind."""
    fields = ("name", "output_shape", "parameters", "multiply_adds")
    if not all(hasattr(row, field) for field in fields):
        return None
    values = [getattr(row, field) for field in fields]
    return tuple(tuple(value) if isinstance(value, list) else value for value in values)


def rows(student, layers, input_shape):
    """The rows of the student's summary as tuples."""
    return as_rows(summarized(student, layers, input_shape).value, layers)


def summarized(student, layers, input_shape):
    """What the student's summary gives, read when it is looked at."""
    kernel = in_kernel(student, summary_rows, layer_from, row_as_tuple)
    classes = student.Conv, student.Pool, student.Dense
    return later(kernel.summary_rows, student.summarize, *classes, list(layers), tuple(input_shape))


def as_rows(found, layers):
    """The rows, after a look at their form."""
    if isinstance(found, list) and found and not all(isinstance(row, tuple) and len(row) == 4 for row in found):
        raise CheckFailure("The list that summarize returns holds something that is not a LayerSummary.")
    if not isinstance(found, list):
        raise wrong_return("summarize returns a list with one LayerSummary per layer", found)
    if len(found) != len(layers):
        details = f"{len(layers)} layers, {len(found)} rows"
        raise CheckFailure("summarize, called twice on the same layers, did not return one row for each.", details)
    return found


def column(student, layers, input_shape, field):
    """One column of the student's summary, compared with the right one."""
    place = ("name", "output_shape", "parameters", "multiply_adds").index(field)
    right = reference.summary_column(layers, input_shape, field)
    look_at(summarized(student, layers, input_shape), lambda found: expect_equal(
        [row[place] for row in as_rows(found, layers)], right, like=misconceptions.LAYER_SUMMARY,
        what="the column " + field))


SMALL = ["conv1 6@5x5", "pool1 2x2 stride 2", "conv2 16@5x5", "pool2 2x2 stride 2", "conv3 120@5x5", "fc4 64", "fc5 10"]


def test_small_network_shapes(student):
    """The network of the text on a 32x32x3 image: names and output shapes."""
    column(student, SMALL, (32, 32, 3), "name")
    column(student, SMALL, (32, 32, 3), "output_shape")


def test_small_network_parameters(student):
    """The network of the text: 59,386 parameters in all."""
    column(student, SMALL, (32, 32, 3), "parameters")


def test_small_network_multiply_adds(student):
    """The network of the text: multiply-adds for one image."""
    column(student, SMALL, (32, 32, 3), "multiply_adds")


def test_stride_padding_and_groups(student):
    """One convolution with stride, padding and groups on an image that is higher than wide."""
    layer = ["conv1 4@3x3 stride 2 padding 1 groups 2"]
    for field in ("output_shape", "parameters", "multiply_adds"):
        column(student, layer, (9, 6, 2), field)


def test_dense_layer_on_a_map(student):
    """A dense layer sees every number of a map of 2x3x4."""
    for field in ("output_shape", "parameters", "multiply_adds"):
        column(student, ["fc1 5"], (2, 3, 4), field)


def test_window_too_wide(student):
    """A window wider than the padded image raises a ValueError that names the argument."""
    with expect_raises("ValueError", naming="kernel_size"):
        rows(student, ["conv1 2@5x5"], (4, 4, 3))
    with expect_raises("ValueError", naming="size"):
        rows(student, ["pool1 5x5 stride 1"], (4, 4, 3))
