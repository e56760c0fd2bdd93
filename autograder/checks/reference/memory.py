"""What a network costs: parameters, multiply-adds, and bytes of memory.

Sizes are in bytes; a float32 takes 4. Sources: A. Krizhevsky, I. Sutskever and G. Hinton, "ImageNet classification
with deep convolutional neural networks" (2012), for the sizes of AlexNet, here as one tower on 227x227x3.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import prod

from ..probes.memory import layer_from

FLOAT32_BYTES = 4
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


def alexnet_table() -> dict:
    """Per layer of AlexNet (one tower, 227x227x3) its output shape and its parameters, and the total of these."""
    return {
        "conv1": ((55, 55, 96), 34_944),
        "pool1": ((27, 27, 96), 0),
        "conv2": ((27, 27, 256), 614_656),
        "pool2": ((13, 13, 256), 0),
        "conv3": ((13, 13, 384), 885_120),
        "conv4": ((13, 13, 384), 1_327_488),
        "conv5": ((13, 13, 256), 884_992),
        "pool5": ((6, 6, 256), 0),
        "fc6": ((4096,), 37_752_832),
        "fc7": ((4096,), 16_781_312),
        "fc8": ((1000,), 4_097_000),
        "total": 62_378_344,
    }


def parameter_counts(image: Shape, maps: Shape) -> list[int]:
    """Parameters of each of three 3x3 convolutions with biases: one kernel per map, through all maps that come in."""
    return [(3 * 3 * before + 1) * after for before, after in pairwise([image[2], *maps])]


def conv_parameters(image: Shape, maps: Shape, batch: int) -> dict[str, int]:
    """Parameters of three 3x3 convolutions with biases. They depend neither on the image's sides nor on the batch."""
    counts = parameter_counts(image, maps)
    return {"layer1": counts[0], "layer2": counts[1], "layer3": counts[2], "total": sum(counts)}


def output_sizes(image: Shape, maps: Shape) -> list[int]:
    """How many numbers each of three convolutions puts out for one image: stride 2, "same" padding."""
    height, width, _ = image
    sizes = []
    for count in maps:
        height, width = -(-height // 2), -(-width // 2)
        sizes.append(height * width * count)
    return sizes


def inference_memory(image: Shape, maps: Shape, batch: int) -> dict[str, int]:
    """Least bytes to predict one image, when a layer's input is freed as soon as its output exists.

    At the worst moment two consecutive outputs are held (the image counts as the first), and always the parameters.
    """
    held = [prod(image), *output_sizes(image, maps)]
    parameters = sum(parameter_counts(image, maps))
    return {"total": FLOAT32_BYTES * (max(a + b for a, b in pairwise(held)) + parameters)}


def training_memory(image: Shape, maps: Shape, batch: int) -> dict[str, int]:
    """Bytes to train on a batch: every output is kept for the backward pass, with inputs, parameters, gradients."""
    outputs = FLOAT32_BYTES * batch * sum(output_sizes(image, maps))
    inputs = FLOAT32_BYTES * batch * prod(image)
    parameters = FLOAT32_BYTES * sum(parameter_counts(image, maps))
    return {
        "outputs": outputs, "inputs": inputs, "parameters_and_gradients": 2 * parameters,
        "total": outputs + inputs + 2 * parameters,
    }


def what_it_buys() -> dict:
    """Factors on the memory of three convolutions' outputs, and which measures leave the parameters as they are.

    The outputs are batch x height x width x maps numbers per layer, so halving both sides leaves a quarter. Half
    the filters in every layer halve the outputs, and leave about a quarter of the weights.
    """
    return {
        "half_batch": 1 / 2, "half_sides": 1 / 4, "sixteen_bit_activations": 1 / 2, "half_filters": 1 / 2,
        "leaves_parameters_alone": ["half_batch", "half_sides", "sixteen_bit_activations"],
    }
