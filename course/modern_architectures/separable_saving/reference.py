"""What a separable convolution saves.

Source: F. Chollet, "Xception: deep learning with depthwise separable convolutions" (2017).
"""

from __future__ import annotations


def separable_saving(in_channels: int, out_channels: int, kernel: int, height: int, width: int) -> dict[str, int]:
    """Parameters (no biases) and multiply-adds of a plain and a separable convolution with a height x width output.

    The separable one filters every channel by itself, then mixes the channels at each position.
    """
    plain = kernel**2 * in_channels * out_channels
    separable = kernel**2 * in_channels + in_channels * out_channels
    positions = height * width
    return {
        "plain_parameters": plain, "separable_parameters": separable,
        "plain_multiply_adds": plain * positions, "separable_multiply_adds": separable * positions,
    }
