"""How many pixels "same" padding adds.

Source: TensorFlow's documentation of `tf.nn.convolution` for "SAME" padding.
"""

from __future__ import annotations


def same_padding(size: int, kernel: int, stride: int = 1, dilation: int = 1) -> tuple[int, int]:
    """Pixels to add (before, after) so that ceil(size / stride) windows fit: TensorFlow's "SAME".

    An odd number of pixels has its extra one after the image. Raises ValueError for an argument below 1.
    """
    for name, value in {"size": size, "kernel": kernel, "stride": stride, "dilation": dilation}.items():
        if value < 1:
            raise ValueError(f"{name} must be at least 1, not {value}")
    windows = -(-size // stride)
    last_pixel = (windows - 1) * stride + dilation * (kernel - 1) + 1
    total = int(max(last_pixel - size, 0))
    return total // 2, total - total // 2
