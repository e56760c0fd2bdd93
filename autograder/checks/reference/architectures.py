"""Numbers of modern architectures: what a separable convolution saves, how a segmentation is scored, who was how good.

Sources: F. Chollet, "Xception: deep learning with depthwise separable convolutions" (2017); the PASCAL VOC challenge's
measure of segmentations; torchvision's table of pretrained weights (documentation of `torchvision.models`).
"""

from __future__ import annotations

import numpy as np


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


def mean_iou(
    prediction: np.ndarray, target: np.ndarray, num_classes: int, ignore_index: int | None = None
) -> float:
    """Mean over the classes of intersection over union of their pixels; NaN if no class occurs.

    A class that neither has does not count. Pixels whose target is `ignore_index` are left out of both.
    """
    counted = np.ones(target.shape, bool) if ignore_index is None else target != ignore_index
    scores = []
    for label in range(num_classes):
        predicted, true = (prediction == label) & counted, (target == label) & counted
        union = np.sum(predicted | true)
        if union > 0:
            scores.append(np.sum(predicted & true) / union)
    return float(np.mean(scores)) if scores else float("nan")


def imagenet_history() -> dict[str, tuple[float, float, float]]:
    """(top-1 accuracy in %, top-5 accuracy in %, millions of parameters) of torchvision's first weights."""
    return {
        "AlexNet": (56.522, 79.066, 61.100840),
        "VGG-16": (71.592, 90.382, 138.357544),
        "ResNet-50": (76.130, 92.862, 25.557032),
        "EfficientNet-B7": (84.122, 96.908, 66.347960),
    }
