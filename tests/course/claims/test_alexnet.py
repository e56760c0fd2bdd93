"""Assignment 05: the numbers in its words.

What the paper measured is quoted from it: A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet classification with deep
convolutional neural networks" (2012), sections 3 to 6.
"""

from __future__ import annotations

import json
from functools import partial
from math import log, prod

import nbformat
import numpy as np
import pytest
import torch
from torch import nn

from autograder.course import Course
from course import costs
from course.alexnet import figures
from course.alexnet.alexnet_torch.reference import AlexNet
from course.alexnet.augmentation.reference import augment
from course.alexnet.filters.reference import filter_grid
from course.alexnet.top_k.reference import top_k, top_k_accuracy
from course.convolution.output_size.reference import output_size
from course.modern_architectures.imagenet_history.reference import WEIGHTS
from course.sizing_and_memory.alexnet_table.misconceptions import ALEXNET_LAYERS
from course.sizing_and_memory.alexnet_table.reference import alexnet_table
from course.sizing_and_memory.layer_summary.reference import summary_column

from ...checks.helpers import namespace
from . import says

NAME = "05-alexnet"
said = partial(says, NAME)
TABLE = alexnet_table()
TOTAL = TABLE["total"]
WORK = dict(zip([name for name in TABLE if name != "total"],
                summary_column(ALEXNET_LAYERS, (227, 227, 3), "multiply_adds"), strict=True))
DENSE = ("fc6", "fc7", "fc8")
IN_THE_PAPER = (
    "made 15.3 % top-5 errors; the next best entry, with features designed by hand, made 26.2 %",
    "the mean prediction of seven such networks (two of them had also been trained on further images)",
    "a four-layer network reached 25 % training error on CIFAR-10 six times faster than with tanh",
    "top-1 and top-5 error down by 1.7 and 1.2 points against a network with half the kernels in each convolution",
    "LRN | top-1 and top-5 error down by 1.4 and 1.2 points", "| top-1 and top-5 error down by 0.4 and 0.3 points |",
    "top-1 error down by over 1 point", "training takes about twice as many iterations",
    "AlexNet itself took five to six days on two GPUs",
    "LRN is local response normalisation over 5 neighbouring maps with k = 2, alpha = 0.0001 and beta = 0.75",
    "The dropout rate is 0.5",
)


def test_what_the_paper_reports():
    said(*IN_THE_PAPER)
    says("02-pooling-and-normalization",
         "it lowered the top-1 error by 1.4 and the top-5 error by 1.2 percentage points",
         "this lowered the top-1 error by 0.4 and the top-5 error by 0.3 percentage points")
    says("06-modern-architectures", "26.2 % for the best entry without a CNN, 15.3 % for AlexNet")


def test_the_table():
    for name, entry in TABLE.items():
        if name != "total":
            shape, count = entry
            said(f"| {'x'.join(map(str, shape))} | {f'{count:,} ' if count else ''}|")
            assert name in figures.SIZES and figures.SIZES[name] == (shape[0] if len(shape) > 1 else 1, shape[-1])
    said(f"| | | all | {TOTAL:,} |", f"down to the last of its {TOTAL:,} parameters",
         f"(224 - 11) / 4 + 1 = {(224 - 11) / 4 + 1} positions", f"227 gives the {output_size(227, 11, 4)} that")
    assert figures.PARAMETERS == {name: entry[1] for name, entry in TABLE.items() if name in figures.PARAMETERS}
    assert figures.MULTIPLY_ADDS == {name: work for name, work in WORK.items() if work}


def test_where_parameters_and_work_are():
    dense, work = sum(TABLE[name][1] for name in DENSE), sum(WORK[name] for name in DENSE)
    convolved = 1 - work / sum(WORK.values())
    entering = prod(TABLE["pool5"][0])
    weights = entering * 4096 + 4096 * 4096
    said(
        f"Of its {TOTAL / 1e6:.0f} million parameters {100 * dense / TOTAL:.0f} % are in the dense layers: fc6 has a "
        f"weight from each of the {entering:,} numbers of the last maps",
        f"The convolutions do about {100 * convolved:.0f} % of the multiplications.",
        f"{100 * convolved:.0f} % of the multiplications with {100 * (1 - dense / TOTAL):.0f} % of the parameters",
        f"These two layers have {weights / 1e6:.0f} million weights",
        "the first layer shrinks it at once to a 16th of its positions",
    )


def test_the_smallest_image_that_fits():
    def sides(side):
        found = [output_size(side, 11, 4)]
        for _ in range(3):
            found.append(output_size(found[-1], 3, 2))
        return found

    conv1, pool1, pool2, last = sides(67)
    with pytest.raises(ValueError, match="kernel"):
        sides(66)
    said("67x67 pixels, the smallest image that fits",
         f"On 67x67 pixels the sides are {conv1} after conv1, {pool1} after pool1, {pool1} after conv2, {pool2} after "
         f"pool2, {pool2} after conv3, conv4 and conv5, and {last} after the last pooling.")


def test_groups():
    grouped = nn.Conv2d(96, 256, 5, padding=2, groups=2)
    with torch.device("meta"):
        counts = [costs.parameters(AlexNet(groups=groups)) for groups in (1, 2)]
    said(f"With 1,000 classes it has {counts[0]:,} parameters, and {counts[1]:,} with `groups=2`.",
         f"its kernels have the shape {tuple(grouped.weight.shape)}, because each sees 48 of the 96 maps. With 256 "
         f"biases that makes {costs.parameters(grouped):,} parameters instead of {TABLE['conv2'][1]:,}.")


def test_augmentation():
    pieces = {augment(np.arange(64).reshape(1, 8, 8, 1), 6, np.random.default_rng(seed)).min() for seed in range(200)}
    assert len(pieces) == 9  # places: three in each direction
    assert {int(np.random.default_rng(seed).integers(0, 2)) for seed in range(50)} == {0, 1}
    with np.errstate(over="ignore"):
        wrapped = np.uint8(3) - np.uint8(5)
    said(f"The paper counts 32 · 32 · 2 = {(256 - 224) ** 2 * 2:,} pictures out of one; with the first and the last "
         "place included there are even 33 · 33 · 2.", f"| {32 * 32 * 2:,} times as many training examples",
         f"in `uint8`, 3 - 5 is {wrapped}", "`rng.integers(0, 2)` draws only 0 and 1")


def test_top_k():
    scores = np.array([[0.3, 0.3, 0.3, 0.1]])
    assert [name for name, _ in top_k(scores[0], 2, range(4))] == [0, 1]
    assert top_k_accuracy(scores, np.array([2]), 2) == 0
    equal = np.ones((3, 4))
    assert top_k_accuracy(equal, np.array([0, 1, 3]), 1) == pytest.approx(1 / 3)
    said("the best two are classes 0 and 1, and label 2 is *not* among them",
         "Scores 0.2, 0.5, 0.5, 0.1: the best two are classes 1 and 2, the best one is class 1.")
    assert [name for name, _ in top_k(np.array([0.2, 0.5, 0.5, 0.1]), 2, range(4))] == [1, 2]


def test_filters():
    height, width, _ = filter_grid(np.random.default_rng(0).random((5, 1, 2, 3)), columns=3, gap=1).shape
    said(f"Five filters of 2x3 in three columns with a gap of 1 give a picture of {height}x{width}.")


def test_small_pictures():
    """The hint of alexnet-train: sides after each of three overlapping poolings, and what they leave."""
    def sides(side):
        found = []
        for _ in range(3):
            side = output_size(side, 3, 2)
            found.append(side)
        return found

    (a, b, c), (d, e, f) = sides(28), sides(32)
    said(f"makes 28 to {a}, to {b}, to {c}, and 32 to {d}, to {e}, to {f}. With 64 maps the dense layers get "
         f"{64 * c * c} or {64 * f * f} numbers. A loss that stays near ln 10 = {log(10):.2f}")


def test_the_small_network_beside_it():
    """The table at the end has these counts; the text draws its ratios from them."""
    cells = nbformat.read(Course.here().assignment(NAME).solution_path, as_version=4).cells
    (given,) = (cell.source.partition("class ")[2] for cell in cells if cell.id == "small-data")
    small = namespace(f"class {given}", {"nn": nn, "torch": torch})["StrokeNet"]()
    counts, work = TOTAL / costs.parameters(small), sum(WORK.values()) / costs.multiply_adds(small, 1, 28, 28)
    grouped = sum(WORK[name] for name in ("conv2", "conv4", "conv5")) / 2 / sum(WORK.values())
    assert 575 < counts < 600 and 1 / 3 < grouped < 0.4
    said("AlexNet has nearly 600 times the parameters of the small network, and does "
         f"{round(work, -2):.0f} times the work for an image that has {227**2 / 28**2:.0f} times the pixels",
         "and save more than a third of the work", "Its first layer has 16 filters of 7x7.")
    assert tuple(small.features[0].weight.shape) == (16, 1, 7, 7)


def test_the_trained_network():
    about = json.loads((Course.here().folder / "weights" / "alexnet.json").read_text(encoding="utf-8"))
    top1, top5, millions, _ = WEIGHTS["AlexNet"]
    said(f"{millions * 1e6:,.0f} parameters. On ImageNet's validation images, one crop each, it has {top1:.1f} % "
         f"right, and {top5:.1f} % among its best five.", f"The file has {about['download']['bytes'] / 1e6:.0f} MB")
    assert len(about["classes"]) == 1000
