"""The table of AlexNet.

Source: A. Krizhevsky, I. Sutskever and G. Hinton, "ImageNet classification with deep convolutional neural networks"
(2012), for the sizes of AlexNet, here as one tower on 227x227x3.
"""

from __future__ import annotations

from ..layer_summary.reference import summary_column


def table_of(layers, input_shape, column_of=summary_column) -> dict:
    """The table of a network: per layer its output shape and its parameters, and the total of these.

    layers, input_shape: as `layer_summary` describes them; column_of: what computes a column of it.
    """
    names, shapes, counts = (
        column_of(layers, input_shape, column) for column in ("name", "output_shape", "parameters")
    )
    return {name: tuple(entry) for name, *entry in zip(names, shapes, counts, strict=True)} | {"total": sum(counts)}


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
