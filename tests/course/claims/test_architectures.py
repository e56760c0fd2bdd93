"""Assignment 06: the numbers in its words.

What papers report is quoted from them: O. Russakovsky et al., "ImageNet large scale visual recognition challenge"
(2015), for the challenge and the person's 5.1 %; K. He et al., "Deep residual learning" (2016), for 3.57 %, 152 layers
and the plain networks of 18 and 34; J. Hu et al., "Squeeze-and-excitation networks" (2018), for 2.25 %; F. Chollet,
"Xception" (2017), section 4.7, for the ReLU between the halves.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from torch import nn

from course import costs
from course.modern_architectures import figures
from course.modern_architectures.imagenet_history.reference import WEIGHTS
from course.modern_architectures.inception.reference import InceptionModule
from course.modern_architectures.mean_iou.reference import mean_iou
from course.modern_architectures.separable.reference import SeparableConv2d
from course.modern_architectures.separable_saving.reference import separable_saving
from course.modern_architectures.squeeze_excite.reference import SqueezeExcite
from course.modern_architectures.upsample.reference import bilinear_kernel
from course.sizing_and_memory.alexnet_table.reference import alexnet_table

from ...checks.helpers import imported
from . import says

NAME = "06-modern-architectures"
said = partial(says, NAME)
# GoogLeNet's modules, as the paper's table 1 has them: channels that come in, then the module's six numbers
MODULES = (
    (192, 64, 96, 128, 16, 32, 32), (256, 128, 128, 192, 32, 96, 64), (480, 192, 96, 208, 16, 48, 64),
    (512, 160, 112, 224, 24, 64, 64), (512, 128, 128, 256, 24, 64, 64), (512, 112, 144, 288, 32, 64, 64),
    (528, 256, 160, 320, 32, 128, 128), (832, 256, 160, 320, 32, 128, 128), (832, 384, 192, 384, 48, 128, 128),
)
IN_THE_PAPERS = (
    "fell from 15.3 % to 2.3 %", "6.7 % for GoogLeNet, 3.6 % for ResNet, 2.3 % for SENet; a dashed line marks a "
    "person's 5 %", "AlexNet 15.3 %, GoogLeNet 6.7 %, ResNet 3.6 %, SENet 2.3 %", "lets gradients through 152 layers",
    "Each year from 2010 to 2017 the ILSVRC asked for the class, one of 1,000, of each of 100,000 or more photographs",
    "Plain networks of 34 layers trained *worse* than those of 18, on the training set too.",
    "Xception's author found that a ReLU there makes things worse",
    "GoogLeNet made 6.7 % in 2014. The first winner below that was ResNet in 2015 with 3.6 %",
)


def test_what_the_papers_report():
    said(*IN_THE_PAPERS)


def test_googlenet_has_a_tenth_of_alexnets_parameters():
    with torch.device("meta"):
        modules = [InceptionModule(*numbers) for numbers in MODULES]
        others = [nn.Conv2d(3, 64, 7), nn.Conv2d(64, 64, 1), nn.Conv2d(64, 192, 3), nn.Linear(1024, 1000)]
    joined = [sum(numbers[i] for i in (1, 3, 5, 6)) for numbers in MODULES]
    assert [*joined[:-1]] == [numbers[0] for numbers in MODULES[1:]] and joined[-1] == 1024
    share = sum(map(costs.parameters, [*modules, *others])) / alexnet_table()["total"]
    assert 0.09 < share < 0.12
    said("it has about a tenth of AlexNet's",
         f"`InceptionModule(192, 64, 96, 128, 16, 32, 32)` gives 64 + 128 + 32 + 32 = {joined[0]} maps.",
         "In GoogLeNet's first module 192 maps come in; its 5x5 branch reduces them to 16 before the 5x5 convolution "
         f"to {MODULES[0][5]}")


def test_depth_of_the_two_networks():
    """As the demonstration builds them: 16 blocks of two convolutions, behind a first one."""
    block = figures._PlainBlock(8)
    convolutions = [layer for layer in block.modules() if isinstance(layer, nn.Conv2d)]
    assert 16 * len(convolutions) == 32
    said("trains two networks of 16 blocks, that is 32 convolutions, on the digits for 60 small steps",
         "The training losses of a network of 16 blocks, over 60 small steps.")


def test_blocks():
    excite, plain = SqueezeExcite(64), nn.Conv2d(64, 64, 3)
    said(f"that makes (64 + 1) · 4 + (4 + 1) · 64 = {costs.parameters(excite)} parameters, next to the "
         f"{costs.parameters(plain):,} of a 3x3 convolution from 64 to 64 channels")
    saving, hint = separable_saving(64, 128, 3, 1, 1), separable_saving(3, 8, 5, 1, 1)
    assert costs.parameters(SeparableConv2d(3, 8, 5)) == hint["separable_parameters"]
    said(
        f"| plain | 3 · 3 · 64 · 128 | {saving['plain_parameters']:,} |",
        f"| separable | 3 · 3 · 64 + 64 · 128 = 576 + 8,192 | {saving['separable_parameters']:,} |",
        f"3 x 25 = 75 weights in the depthwise half, 3 x 8 = 24 in the pointwise one, {hint['separable_parameters']} "
        f"in all. A plain convolution has {hint['plain_parameters']}.",
    )
    shares = []
    for kernel in (1, 3, 5, 7):
        counts = separable_saving(128, 128, kernel, 1, 1)
        shares.append(f"{counts['separable_parameters'] / counts['plain_parameters']:.2f} for {kernel}x{kernel}")
    said(f"from 128 to 128 channels: {', '.join(shares)}.")


def test_mean_iou():
    prediction, target = np.array([[0, 0, 0], [1, 1, 1]]), np.array([[0, 0, 1], [0, 1, 1]])
    right = int((prediction == target).sum())
    said(f"mean IoU {mean_iou(prediction, target, 2)}, while {right} of {target.size} pixels are right")
    marked = mean_iou(np.array([0, 1, 1, 1]), np.array([0, 0, 1, 255]), 2, 255)
    assert marked == mean_iou(np.array([0, 1, 1, 1]), np.array([0, 0, 1, 255]), 5, 255)
    said(f"The mean is {marked}, with `num_classes` 2 and with 5 alike")


def test_kernels_that_enlarge():
    two, three = (bilinear_kernel(factor) for factor in (2, 3))
    side = two[1] / two[1].sum() * 2
    said("1 - 1.5/2, 1 - 0.5/2, 1 - 0.5/2, 1 - 1.5/2 = " + ", ".join(f"{weight:.2f}" for weight in side),
         "the distances are 2, 1, 0, 1, 2, and the weights along a side 1/3, 2/3, 1, 2/3, 1/3. They add up to 3, so "
         f"the kernel's weights add up to {three.sum():.0f}. Its corner is 1/9, its centre {three[2, 2]:g}.",
         "For f = 2 the kernel is 4 wide")
    assert len(two) == 4 and len(three) == 5 and abs(three[0, 0] - 1 / 9) < 1e-6


def test_pictures_that_were_not_trained_on():
    assert len(range(1400)[1200:]) == 200  # the notebook takes 1,400, the demonstration trains on 1,200
    said("images.train_images[:1400]", "Labels of every pixel of the pictures from number 1,200 on",
         "Of 200 pictures that were not trained on")


def test_the_table_of_networks():
    rows = {
        "AlexNet_Weights.IMAGENET1K_V1": "AlexNet", "VGG16_Weights.IMAGENET1K_V1": "VGG-16",
        "ResNet50_Weights.IMAGENET1K_V1": "ResNet-50", "ResNet50_Weights.IMAGENET1K_V2": "ResNet-50, newer recipe",
        "EfficientNet_B7_Weights.IMAGENET1K_V1": "EfficientNet-B7",
    }
    for weights, name in rows.items():
        top1, top5, millions, billions = WEIGHTS[name]
        said(f"| `{weights}` | {top1:.3f} | {top5:.3f} | {millions:.1f} | {billions:.2f} |",
             f'"{name}": ({top1:.3f}, {top5:.3f}, {millions:.6f}, {billions:.3f}),')
    assert imported(NAME)["networks"] == WEIGHTS
    gained = WEIGHTS["ResNet-50, newer recipe"][0] - WEIGHTS["ResNet-50"][0]
    more = WEIGHTS["EfficientNet-B7"][0] - WEIGHTS["AlexNet"][0]
    most, fewest = max(WEIGHTS, key=lambda name: WEIGHTS[name][2]), min(WEIGHTS, key=lambda name: WEIGHTS[name][2])
    assert most == "VGG-16" and fewest.startswith("ResNet-50")
    said(f"and gains {gained:.1f} points by that alone", f"about as many as AlexNet, and {more:.1f} points more")


def test_parameters_in_the_table():
    """AlexNet's and VGG-16's by hand: the other two would be long to write down."""
    alexnet = [(3, 64, 11), (64, 192, 5), (192, 384, 3), (384, 256, 3), (256, 256, 3)]
    vgg = [(3, 64), (64, 64), (64, 128), (128, 128), (128, 256), (256, 256), (256, 256), (256, 512), *[(512, 512)] * 5]
    for name, convolutions, side in (
        ("AlexNet", alexnet, 6), ("VGG-16", [(before, after, 3) for before, after in vgg], 7),
    ):
        features = convolutions[-1][1] * side * side
        dense = [(features, 4096), (4096, 4096), (4096, 1000)]
        count = sum(after * (before * k * k + 1) for before, after, k in convolutions)
        count += sum(after * (before + 1) for before, after in dense)
        assert count / 1e6 == WEIGHTS[name][2]
