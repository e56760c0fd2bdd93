"""What overlapping windows bought AlexNet.

Source: A. Krizhevsky, I. Sutskever and G. Hinton, "ImageNet Classification with Deep Convolutional Neural Networks"
(2012), section 3.4.
"""

from __future__ import annotations


def pooled_sizes(side: int, *, discarding: int) -> dict[str, float]:
    """How many windows of 3 and of 2 pixels, two pixels apart, fit along `side` pixels; and the share of activations,
    in percent, that windows of `discarding` x `discarding` throw away where they touch."""
    return {
        "size_3x3": (side - 3) // 2 + 1,
        "size_2x2": (side - 2) // 2 + 1,
        "discarded_percent": 100 * (1 - 1 / discarding**2),
    }


def overlapping_pooling() -> dict[str, float]:
    """Pooling a 55-pixel map with stride 2, what overlap bought AlexNet, and what 2x2 with stride 2 throws away.

    Sizes in pixels: (55 - 3) / 2 + 1, and (55 - 2) / 2 + 1 rounded down. Top-1 and top-5 in percentage points of error
    (Krizhevsky et al. 2012, section 3.4). Of each 2x2 window one activation of four is kept.
    """
    return {**pooled_sizes(55, discarding=2), "top1_points": 0.4, "top5_points": 0.3}
