"""How often a window fits.

Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016).
"""

from __future__ import annotations


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """How often a window fits into `size` pixels, in one direction.

    size: pixels; kernel: taps; stride: pixels from one window to the next; padding: pixels added on each side;
    dilation: pixels from one tap to the next. Raises ValueError for a count below 1, a negative padding, or a
    window wider than the padded input.
    """
    for name, value in {"size": size, "kernel": kernel, "stride": stride, "dilation": dilation}.items():
        if value < 1:
            raise ValueError(f"{name} must be at least 1, not {value}")
    if padding < 0:
        raise ValueError(f"padding must not be negative, and it is {padding}")
    window = dilation * (kernel - 1) + 1
    if window > size + 2 * padding:
        raise ValueError(f"the kernel covers {window} pixels, and the padded input has {size + 2 * padding}")
    return int((size + 2 * padding - window) // stride + 1)
