"""What every layer of a network costs: output shape, parameters, multiply-adds."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from .public import layer_from

Shape = tuple[int, ...]


@dataclass(frozen=True)
class ConvLayer:
    """A convolution with square kernels and biases; padding in pixels on each side."""

    name: str
    filters: int
    kernel_size: int
    stride: int = 1
    padding: int = 0
    groups: int = 1


@dataclass(frozen=True)
class PoolLayer:
    """A pooling layer with square windows, without padding."""

    name: str
    size: int
    stride: int


@dataclass(frozen=True)
class DenseLayer:
    """A fully connected layer with biases; whatever comes in is flattened first."""

    name: str
    units: int


@dataclass(frozen=True)
class SummaryRow:
    """What one layer puts out and costs. output_shape: (height, width, channels), or (units,)."""

    name: str
    output_shape: Shape
    parameters: int
    multiply_adds: int


Layer = ConvLayer | PoolLayer | DenseLayer


def summarize_layers(layers: list[Layer], input_shape: Shape) -> list[SummaryRow]:
    """One row per layer, for one image of shape (height, width, channels).

    Raises ValueError for a window wider than the padded image ("kernel_size", "size"), and for `groups` that do not
    divide both the incoming channels and the filters.
    """
    rows: list[SummaryRow] = []
    shape = tuple(input_shape)
    for layer in layers:
        if isinstance(layer, ConvLayer):
            row = _convolution(layer, shape)
        elif isinstance(layer, PoolLayer):
            sides = [_windows(side, layer.size, layer.stride, 0, "size") for side in shape[:2]]
            row = SummaryRow(layer.name, (*sides, shape[2]), 0, 0)
        else:
            weights = prod(shape) * layer.units
            row = SummaryRow(layer.name, (layer.units,), weights + layer.units, weights)
        rows.append(row)
        shape = row.output_shape
    return rows


def _convolution(layer: ConvLayer, shape: Shape) -> SummaryRow:
    height, width, channels = shape
    if channels % layer.groups or layer.filters % layer.groups:
        raise ValueError(f"groups = {layer.groups} must divide {channels} channels and {layer.filters} filters")
    # a filter of a group sees the channels of its group only
    weights = layer.filters * layer.kernel_size**2 * (channels // layer.groups)
    rows, columns = (
        _windows(side, layer.kernel_size, layer.stride, layer.padding, "kernel_size") for side in (height, width)
    )
    # every weight is used once per output position
    return SummaryRow(layer.name, (rows, columns, layer.filters), weights + layer.filters, weights * rows * columns)


def _windows(side: int, window: int, stride: int, padding: int, name: str) -> int:
    """How many windows fit along one side."""
    if window > side + 2 * padding:
        raise ValueError(f"{name} = {window} is more than the {side + 2 * padding} pixels of the padded image")
    return (side + 2 * padding - window) // stride + 1


def summary_column(layers: list[str], input_shape: Shape, column: str) -> list:
    """One field of every row of the summary; layers as text ("conv1 6@5x5 stride 2", "pool1 2x2 stride 2", "fc 10")."""
    built = [layer_from(text, ConvLayer, PoolLayer, DenseLayer) for text in layers]
    return [getattr(row, column) for row in summarize_layers(built, input_shape)]
