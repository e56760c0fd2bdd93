"""What overlapping windows bought AlexNet.

Source: A. Krizhevsky, I. Sutskever and G. Hinton, "ImageNet Classification with Deep Convolutional Neural Networks"
(2012), section 3.4.
"""

from __future__ import annotations


def overlapping_pooling() -> dict[str, float]:
    """Pooling a 55-pixel map with stride 2, what overlap bought AlexNet, and what 2x2 with stride 2 throws away.

    Sizes in pixels: (55 - 3) / 2 + 1, and (55 - 2) / 2 + 1 rounded down. Top-1 and top-5 in percentage points of error
    (Krizhevsky et al. 2012, section 3.4). Of each 2x2 window one activation of four is kept.
    """
    return {
        "size_3x3": 27,
        "size_2x2": 27,
        "top1_points": 0.4,
        "top5_points": 0.3,
        "discarded_percent": 75,
    }
