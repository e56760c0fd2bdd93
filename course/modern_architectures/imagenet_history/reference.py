"""Who was how good on ImageNet.

Source: torchvision's table of pretrained weights (documentation of `torchvision.models`).
"""

from __future__ import annotations


def imagenet_history() -> dict[str, tuple[float, float, float]]:
    """(top-1 accuracy in %, top-5 accuracy in %, millions of parameters) of torchvision's first weights."""
    return {
        "AlexNet": (56.522, 79.066, 61.100840),
        "VGG-16": (71.592, 90.382, 138.357544),
        "ResNet-50": (76.130, 92.862, 25.557032),
        "EfficientNet-B7": (84.122, 96.908, 66.347960),
    }
