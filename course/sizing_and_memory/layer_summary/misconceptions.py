"""Wrong turns in summarising a network: output shapes, parameters, multiply-adds."""

from __future__ import annotations

from dataclasses import astuple
from math import prod

from autograder.checks.api import Misconceptions

from . import reference as right
from .reference import ConvLayer, DenseLayer, PoolLayer, SummaryRow


def _as_text(layer) -> str:
    """A layer as the text that the reference reads."""
    kind, values = type(layer).__name__, astuple(layer)
    if kind == "ConvLayer":
        name, filters, kernel, stride, padding, groups = values
        return f"{name} {filters}@{kernel}x{kernel} stride {stride} padding {padding} groups {groups}"
    return "{0} {1}x{1} stride {2}".format(*values) if kind == "PoolLayer" else "{} {}".format(*values)


def _as_summarize(column_of):
    """The notebook's names, computed column by column by a function with the reference's signature."""

    def summarize(layers, input_shape):
        texts = [_as_text(layer) for layer in layers]
        fields = ("name", "output_shape", "parameters", "multiply_adds")
        columns = [column_of(texts, input_shape, field) for field in fields]
        return [SummaryRow(*row) for row in zip(*columns, strict=True)]

    return {"summarize": summarize, "Conv": ConvLayer, "Pool": PoolLayer, "Dense": DenseLayer,
            "LayerSummary": SummaryRow}


LAYER_SUMMARY = Misconceptions("layer-summary", right.summary_column, student=_as_summarize)


def _read(layers):
    return [right.layer_from(text, ConvLayer, PoolLayer, DenseLayer) for text in layers]


def _with(layers, word, instead):
    """The texts with the option `word` of every convolution set to another value."""
    built = [
        ConvLayer(**{**vars(layer), word: instead}) if isinstance(layer, ConvLayer) else layer
        for layer in _read(layers)
    ]
    return [_as_text(layer) for layer in built]


def resized(layers, input_shape, column, side):
    """The column when `side(pixels, window, stride, padding)` gives the windows along a side."""
    shape, values = tuple(input_shape), []
    for layer, text in zip(_read(layers), layers, strict=True):
        row = _cost(text, shape)
        if not isinstance(layer, DenseLayer):
            window = layer.kernel_size if isinstance(layer, ConvLayer) else layer.size
            padding = getattr(layer, "padding", 0)
            sides = [side(pixels, window, layer.stride, padding) for pixels in shape[:2]]
            wrong = (*sides, row.output_shape[2])
            per_position = row.multiply_adds // prod(row.output_shape[:2])
            row = SummaryRow(row.name, wrong, row.parameters, per_position * prod(sides))
        values.append(getattr(row, column))
        shape = row.output_shape
    return values


def _cost(text, shape):
    return right.summarize_layers(_read([text]), shape)[0]


def _changed(solve, layers, input_shape, column, wanted, change):
    """The column `wanted` with `change(value, layer, row)` in the place of every value; other columns as they are."""
    values = solve(layers, input_shape, column)
    if column != wanted:
        return values
    rows = right.summarize_layers(_read(layers), input_shape)
    return [change(value, layer, row) for value, layer, row in zip(values, _read(layers), rows, strict=True)]


@LAYER_SUMMARY.add("ceil-instead-of-floor", section="How large is a layer's output?")
def ceil_instead_of_floor(layers, input_shape, column):
    """A last window that does not fit any more was counted: the division was rounded up, not down."""
    return resized(layers, input_shape, column, lambda n, k, s, p: -(-(n + 2 * p - k) // s) + 1)


@LAYER_SUMMARY.add(
    "first-window-forgotten", section="How large is a layer's output?",
    price="every size is too small, and with it whatever is counted at positions"
)
def first_window_forgotten(layers, input_shape, column):
    """The sides are one too small: between the windows there is one step less than there are windows."""
    return resized(layers, input_shape, column, lambda n, k, s, p: (n + 2 * p - k) // s)


@LAYER_SUMMARY.add("padding-on-one-side", section="How large is a layer's output?")
def padding_on_one_side(layers, input_shape, column):
    """The padding was added once; it comes before and after the image."""
    return resized(layers, input_shape, column, lambda n, k, s, p: (n + p - k) // s + 1)


@LAYER_SUMMARY.add("padding-ignored", section="How large is a layer's output?")
def padding_ignored(solve, layers, input_shape, column):
    """The padding was not used."""
    return solve(_with(layers, "padding", 0), input_shape, column)


@LAYER_SUMMARY.add("stride-ignored", section="How large is a layer's output?")
def stride_ignored(solve, layers, input_shape, column):
    """The stride of the convolutions was not used."""
    return solve(_with(layers, "stride", 1), input_shape, column)


@LAYER_SUMMARY.add("height-and-width-swapped", section="How large is a layer's output?")
def height_and_width_swapped(layers, input_shape, column):
    """Height and width changed places; a shape is (height, width, channels)."""
    height, width, channels = input_shape
    values = right.summary_column(layers, (width, height, channels), column)
    return values


@LAYER_SUMMARY.add("channels-first", section="How large is a layer's output?")
def channels_first(layers, input_shape, column):
    """The shapes are (channels, height, width); in this task the channels come last."""
    values = right.summary_column(layers, input_shape, column)
    if column != "output_shape":
        return values
    return [(shape[2], *shape[:2]) if len(shape) == 3 else shape for shape in values]


@LAYER_SUMMARY.add("biases-forgotten", section="Counting parameters")
def summary_biases_forgotten(solve, layers, input_shape, column):
    """The weights are right, but every filter and every unit has a bias as well."""
    return _changed(
        solve, layers, input_shape, column, "parameters",
        lambda value, layer, row: value if isinstance(layer, PoolLayer) else value - row.output_shape[-1],
    )


@LAYER_SUMMARY.add("dense-biases-forgotten", section="Counting parameters")
def dense_biases_forgotten(solve, layers, input_shape, column):
    """The weights of the dense layers are right, but every unit has a bias as well, as every filter has."""
    return _changed(
        solve, layers, input_shape, column, "parameters",
        lambda value, layer, row: value - layer.units if isinstance(layer, DenseLayer) else value,
    )


@LAYER_SUMMARY.add("filter-biases-forgotten", section="Counting parameters")
def filter_biases_forgotten(solve, layers, input_shape, column):
    """The weights of the convolutions are right, but every filter has a bias as well, as every unit has."""
    return _changed(
        solve, layers, input_shape, column, "parameters",
        lambda value, layer, row: value - layer.filters if isinstance(layer, ConvLayer) else value,
    )


@LAYER_SUMMARY.add("one-bias-for-a-convolution", section="Counting parameters")
def one_bias_for_a_convolution(solve, layers, input_shape, column):
    """A convolution was given one bias in all; each of its filters has its own."""
    return _changed(
        solve, layers, input_shape, column, "parameters",
        lambda value, layer, row: value - layer.filters + 1 if isinstance(layer, ConvLayer) else value,
    )


@LAYER_SUMMARY.add("groups-ignored", section="Groups")
def groups_ignored(solve, layers, input_shape, column):
    """The groups were not used: with groups, a filter sees only the channels of its own group."""
    return solve(_with(layers, "groups", 1), input_shape, column)


@LAYER_SUMMARY.add("groups-divide-twice", section="Groups")
def groups_divide_twice(solve, layers, input_shape, column):
    """The weights were divided by the groups twice; the filters are shared out, but none of them disappears."""

    def change(value, layer, row):
        groups = getattr(layer, "groups", 1)
        biases = row.output_shape[-1] if column == "parameters" and groups > 1 else 0
        return (value - biases) // groups + biases

    if column in ("parameters", "multiply_adds"):
        return _changed(solve, layers, input_shape, column, column, change)
    return solve(layers, input_shape, column)


@LAYER_SUMMARY.add("image-channels-everywhere", section="Counting parameters")
def summary_image_channels_everywhere(layers, input_shape, column):
    """Every convolution was given the image's channels; from the second on, the maps of the layer before come in."""
    values, shape = [], tuple(input_shape)
    for layer, text in zip(_read(layers), layers, strict=True):
        seen = (*shape[:2], input_shape[2]) if isinstance(layer, ConvLayer) else shape
        values.append(getattr(_cost(text, seen), column))
        shape = _cost(text, shape).output_shape
    return values


@LAYER_SUMMARY.add("map-not-flattened", section="Counting parameters")
def map_not_flattened(layers, input_shape, column):
    """A dense layer after a map was given its channels only; it sees every number of the map."""
    values, shape = [], tuple(input_shape)
    for layer, text in zip(_read(layers), layers, strict=True):
        row = _cost(text, shape[-1:] if isinstance(layer, DenseLayer) else shape)
        values.append(getattr(row, column))
        shape = row.output_shape
    return values


@LAYER_SUMMARY.add("positions-forgotten", section="Counting multiply-adds")
def positions_forgotten(solve, layers, input_shape, column):
    """The multiply-adds are those of one position; every weight of a convolution is used at each output position."""
    return _changed(
        solve, layers, input_shape, column, "multiply_adds",
        lambda value, layer, row: value // prod(row.output_shape[:-1]),
    )


@LAYER_SUMMARY.add("multiplications-and-additions", section="Counting multiply-adds")
def multiplications_and_additions(solve, layers, input_shape, column):
    """Multiplications and additions were counted one by one; a multiply-add is one of each, counted once."""
    return _changed(solve, layers, input_shape, column, "multiply_adds", lambda value, layer, row: 2 * value)


@LAYER_SUMMARY.add("biases-multiplied", section="Counting multiply-adds")
def biases_multiplied(solve, layers, input_shape, column):
    """The biases were counted among the multiply-adds; a bias is added, and multiplied by nothing."""
    return _changed(
        solve, layers, input_shape, column, "multiply_adds",
        lambda value, layer, row: value + (0 if isinstance(layer, PoolLayer) else prod(row.output_shape)),
    )


@LAYER_SUMMARY.add("filter-biases-multiplied", section="Counting multiply-adds")
def filter_biases_multiplied(solve, layers, input_shape, column):
    """The biases of the filters were counted among the multiply-adds; a bias is added, and multiplied by nothing."""
    return _changed(
        solve, layers, input_shape, column, "multiply_adds",
        lambda value, layer, row: value + (prod(row.output_shape) if isinstance(layer, ConvLayer) else 0),
    )


@LAYER_SUMMARY.add("positions-of-the-input", section="Counting multiply-adds")
def positions_of_the_input(layers, input_shape, column):
    """The multiply-adds were counted at every position of the input; the kernel stops at output positions only."""
    values, shape = [], tuple(input_shape)
    for text in layers:
        row = _cost(text, shape)
        value = getattr(row, column)
        if column == "multiply_adds" and len(row.output_shape) == 3:
            value = value // prod(row.output_shape[:2]) * prod(shape[:2])
        values.append(value)
        shape = row.output_shape
    return values
