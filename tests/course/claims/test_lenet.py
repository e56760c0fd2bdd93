"""Assignment 04: the numbers in its words."""

from __future__ import annotations

import json
import math
from functools import partial

import keras
import numpy as np
import pytest
from torch import nn

from autograder.course import Course
from autograder.datasets import find_images
from autograder.training.alter import SHIFT, THICKENED, TURN
from autograder.training.brought import MOST, MOST_BESIDE, packed
from course import costs
from course.lenet.keras_cnn import hidden as keras_hidden
from course.lenet.lenet_components.reference import CONNECTIONS, lenet_components
from course.lenet.lenet_evaluate.reference import judged
from course.lenet.lenet_model.reference import LeNet5
from course.lenet.lenet_repair.reference import batch_after_view
from course.sizing_and_memory.alexnet_table.reference import alexnet_table

from ...checks.helpers import run_task, score, solution
from . import says

NAME = "04-lenet"
said = partial(says, NAME)


def code_of(assignment):
    """All code of a solution notebook."""
    cells = json.loads(Course.here().assignment(assignment).solution_path.read_text(encoding="utf-8"))["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def test_the_digits_that_come_along():
    digits = find_images("digits")
    held = len(digits.train_images) // 2
    wrong = 28
    said(f"otherwise {len(digits.train_images) + len(digits.test_images):,} digits that come with this course",
         f"has {100 * (1 - wrong / held):.1f} % of the held images right; {wrong} of {held} are wrong")


def test_layers_and_parameters():
    table, network = lenet_components(), LeNet5()
    with_weights = [layer for layer in network.modules() if not list(layer.children()) and list(layer.parameters())]
    assert len(with_weights) == 5
    assert [len(maps) for maps in CONNECTIONS].count(6) == 1 and len(CONNECTIONS[-1]) == 6
    as_dense = 28 * 28 * 6 * 32 * 32
    assert 4.8e6 < as_dense < 5e6
    said(
        "a network of five layers with weights", f"It has {table['total']:,} parameters",
        f"nearly 5 million in C1 alone in place of {table['C1'][1]}",
        "So a side of n pixels becomes n - 4 in a convolution, and n / 2 in a pooling",
        "has 5 · 5 · 1 weights and one bias; a kernel of C3 reads six maps, and has six times as many weights",
        "No two columns are alike, and only the last has all six",
    )


def test_limits():
    dense = sum(parameter.numel() for parameter in nn.Linear(32 * 32, 120).parameters())
    side = ((224 - 4) // 2 - 4) // 2
    c5 = (side * side * 16 + 1) * 120
    assert 5e6 < c5 < 5.5e6 and lenet_components()["total"] == pytest.approx(60_000, rel=0.05)
    said(f"(about 60,000; a single dense layer of 120 units on a 32x32 picture has {dense:,} already)",
         f"at 224x224 S4 would be {side}x{side}x16 and C5 alone would have over 5 million parameters")


def test_views():
    numbers = 16 * 5 * 5
    assert not set(range(256, 3 * numbers, 256)) & {numbers, 2 * numbers}  # no cut falls between two pictures
    said(
        f"16 maps of 5x5, that is {numbers} numbers",
        f"64 · {numbers} = {64 * numbers:,} numbers make {batch_after_view(64)} rows",
        "None of these cuts falls between two pictures",
        f"16 pictures have 16 x 400 = {16 * numbers:,} numbers, which are {batch_after_view(16)} rows of 256.",
        f"with 32 it makes {batch_after_view(32)} rows",
        "pictures of 28x28 pixels in mind, for which the last maps are 4x4. Ours are 32x32.",
    )
    assert ((28 - 4) // 2 - 4) // 2 == 4
    with pytest.raises(ValueError, match="batch"):
        batch_after_view(8)


def test_hints_of_the_networks():
    sides = [20 - 4, (20 - 4) // 2, (20 - 4) // 2 - 4, ((20 - 4) // 2 - 4) // 2]
    said("A picture of 20x20 would be {0}x{0} after C1 and {1}x{1} after S2, then {2}x{2} and {3}x{3}: with 16 maps "
         "that makes {4} numbers".format(*sides, 16 * sides[-1] ** 2),
         f"a loss of ln 10 = {math.log(10):.2f}")
    network = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(8, 3), keras.layers.MaxPooling2D()])
    first, second = network.layers
    size = math.prod(second.output.shape[1:])
    said(f"A convolution with 8 kernels of 3x3 on one channel has {first.count_params()} parameters, and makes "
         f"{'x'.join(map(str, first.output.shape[1:]))} of 28x28x1. Pooling by 2 leaves "
         f"{'x'.join(map(str, second.output.shape[1:]))}, which are {size:,} numbers")


@pytest.mark.parametrize(("assignment", "beside"), [(NAME, "it may have"), ("05-alexnet", "it")])
def test_what_a_notebook_may_bring(assignment, beside):
    ours = round(packed(code_of(assignment).encode()), -3)
    says(assignment, f"the code of your notebook may have {MOST:,} bytes when it is compressed "
         f"(with our answers this one has about {ours:,})", f"hand in beside {beside} {MOST_BESIDE:,}")


def test_the_example_of_an_evaluation():
    shares = np.eye(10)[[0, 2, 2, 2, 1]]
    found = judged(shares, np.array([0, 1, 2, 2, 2]))
    rows = [" ".join(map(str, row[:3])) for row in found.confusion[:3]]
    said(f"true 0 {rows[0]} true 1 {rows[1]} true 2 {rows[2]} accuracy 3 / 5 = {found.accuracy}")


@pytest.mark.parametrize("ends_in", ["model.train(was)", "model.eval()", "pass"])
def test_the_networks_mode_afterwards_costs_nothing(ends_in):
    source = solution(NAME)["lenet-evaluate"]
    given = ("from dataclasses import make_dataclass\nimport numpy as np\nimport torch\n"
             "from torch.nn import functional as F\n"
             "Evaluation = make_dataclass('Evaluation', ['accuracy', 'confusion', 'mistakes'])\n")
    assert source.count("    model.eval()\n") == source.count("    shares = np.concatenate(shares)\n") == 1
    source = source.replace("    model.eval()\n", "    was = model.training\n    model.eval()\n")
    source = source.replace("    shares = np.concatenate", f"    {ends_in}\n    shares = np.concatenate")
    assert score(run_task(NAME, "lenet-evaluate", given + source, parts=("hidden",))) == 10
    said("Afterwards it may stay in it, or go back to the mode in which it came: either is fine.")


def test_pictures_for_keras_have_20_pixels_at_least():
    shapes = []

    def build_cnn(input_shape=(28, 28, 1), num_classes=10):
        shapes.append(input_shape)
        layers = keras.layers
        model = keras.Sequential([
            keras.Input(input_shape), layers.Conv2D(4, 3, strides=2), layers.GlobalMaxPooling2D(),
            layers.Dense(num_classes, activation="softmax"),
        ])
        model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    assert score(run_task(NAME, "keras-cnn", {"build_cnn": build_cnn})) >= 8
    assert min(side for shape in shapes for side in shape[:2]) == 20 and (20, 20, 1) in shapes
    pictures, _ = keras_hidden.patterns(np.random.default_rng(0), 3)
    assert pictures.shape[1:] == (20, 20, 1)
    said("The smallest pictures that it has to take have 20x20 pixels.")


def test_how_the_graders_images_are_altered():
    assert SHIFT == 1 and 0 < THICKENED < 0.2
    said(f"shifted by up to a pixel, turned by up to {TURN:g} degrees, now and then thickened")


def test_what_it_costs():
    work, parameters = costs.multiply_adds(LeNet5(), 1, 32, 32), lenet_components()["total"]
    in_convolutions = 28 * 28 * 25 * 6 + 10 * 10 * 150 * 16
    assert in_convolutions > 0.8 * work and alexnet_table()["total"] / parameters == pytest.approx(1000, rel=0.02)
    said(f"LeNet-5's {parameters:,} parameters take {work:,} multiply-adds for one digit; the convolutions, with few "
         "parameters, do most of that work", "It has a thousand times as many parameters.")


def test_how_long_batch_normalisation_in_keras_takes_to_follow():
    momentum = keras.layers.BatchNormalization().momentum
    assert momentum**100 > 1 / 3 and momentum**300 < 0.05  # what is left of the first values
    said(f"In Keras give it `momentum=0.9`: at the default, {momentum}, its running values take hundreds of batches to "
         "follow, and until then")
