"""Weights of dense and convolutional neurons."""

from __future__ import annotations


def weight_counting(
    small: tuple[int, int, int], large: tuple[int, int, int], kernel: int, filters: int
) -> dict[str, int]:
    """Weights of neurons: a dense one on a small and a large image, one of a kernel; parameters of a whole layer.

    small, large: (height, width, channels). A layer has a bias for each filter; weights alone are without it.
    """
    conv_neuron = kernel * kernel * small[2]
    return {
        "dense_small": small[0] * small[1] * small[2],
        "dense_large": large[0] * large[1] * large[2],
        "conv_neuron": conv_neuron,
        "conv_layer": filters * (conv_neuron + 1),
    }
