"""What follows from a table of networks on ImageNet.

Source: torchvision's table of pretrained weights (documentation of `torchvision.models`). What it calls GFLOPS are
billions of multiply-adds.
"""

from __future__ import annotations

# top-1 accuracy in %, top-5 accuracy in %, millions of parameters, billions of multiply-adds
WEIGHTS = {
    "AlexNet": (56.522, 79.066, 61.100840, 0.714),
    "VGG-16": (71.592, 90.382, 138.357544, 15.470),
    "ResNet-50": (76.130, 92.862, 25.557032, 4.089),
    "ResNet-50, newer recipe": (80.858, 95.434, 25.557032, 4.089),
    "EfficientNet-B7": (84.122, 96.908, 66.347960, 37.746),
}


def top1_error(network: str) -> float:
    """The share of images, in percent, whose class is not the network's first guess."""
    return 100 - WEIGHTS[network][0]


def history_of_three() -> dict[str, float]:
    """The same ratios of three networks of which these are (top-1 accuracy in %, millions of parameters)."""
    (old, old_size), (best, best_size), (middle, middle_size) = (64, 20), (82, 50), (70, 40)
    return {
        "error_ratio": (100 - old) / (100 - best),
        "parameter_ratio": best_size / middle_size,
        "saved_per_million": (best - old) / (best_size - old_size),
        "recipe_share": (76 - middle) / (best - middle),
    }


def imagenet_history() -> dict[str, float | str]:
    """Ratios and savings between networks, all of them of top-1 errors.

    A saving is the points of error that a network makes less than AlexNet, for what it has more than AlexNet.
    """
    def saved(network: str, column: int) -> float:
        more = WEIGHTS[network][column] - WEIGHTS["AlexNet"][column]
        return (top1_error("AlexNet") - top1_error(network)) / more

    later = ("VGG-16", "ResNet-50", "EfficientNet-B7")
    by_recipe = top1_error("ResNet-50") - top1_error("ResNet-50, newer recipe")
    return {
        "error_ratio": top1_error("AlexNet") / top1_error("EfficientNet-B7"),
        "parameter_ratio": WEIGHTS["VGG-16"][2] / WEIGHTS["ResNet-50"][2],
        "saved_per_million": saved("EfficientNet-B7", 2),
        "most_saved_per_multiply_add": max(later, key=lambda network: saved(network, 3)),
        "recipe_share": by_recipe / (top1_error("ResNet-50") - top1_error("EfficientNet-B7")),
    }
