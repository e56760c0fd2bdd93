"""Assignment 07: the numbers in its words, and what they say of Keras."""

from __future__ import annotations

from functools import partial
from math import floor

import keras
import numpy as np

from autograder.datasets import find_images, weights
from course.transfer_learning.fine_tune import public as fine_tune
from tools.pretrain import RECIPES

from ...checks.helpers import session_of
from . import says

NAME = "07-transfer-learning"
said = partial(says, NAME)


def test_the_collection():
    count = len(find_images("digits").train_images)
    copies = len([number for number in range(count) if number % 48 == 0])
    said(f"writes {count:,} handwritten digits that come with scikit-learn as PNG files", f"and {copies} copies under "
         "other names", "if number % 48 == 0:")


def test_order_of_names():
    assert sorted(["9.png", "10.png", "1.PNG"]) == ["1.PNG", "10.png", "9.png"]
    said("so that `10.png` comes before `9.png`", "`sorted` puts 1.PNG before 10.png before 9.png.")


def test_the_hint_of_split():
    ends = [round(11 * share, 1) for share in (0.6, 0.8, 1.0)]
    counts = np.diff([0, *(round(end) for end in ends)])
    assert sum(floor(11 * share) for share in (0.6, 0.2, 0.2)) == 10  # "rounding each down loses an image"
    said(f"Ends at {ends[0]}, {ends[1]} and {ends[2]:g}, rounded to {round(ends[0])}, {round(ends[1])} and 11, give "
         f"{counts[0]}, {counts[1]} and {counts[2]}, and nothing is lost.")


def test_the_scale_of_the_pretrained_networks():
    pixels = np.array([0.0, 127.5, 255.0])
    low, middle, high = keras.applications.mobilenet_v2.preprocess_input(pixels.copy())
    assert np.array_equal(pixels / 127.5 - 1, [low, middle, high])
    said("as Keras's MobileNetV2 was: x / 127.5 - 1",
         f"A pixel of 0 becomes {low:g}, one of 127.5 becomes {middle:g}, one of 255 becomes {high:g}.")


def test_what_the_pretrained_networks_learned():
    mnist, photographs = RECIPES["mnist"], RECIPES["cifar6"]
    plural = {"airplane": "airplanes", "bird": "birds", "cat": "cats", "deer": "deer", "frog": "frogs", "ship": "ships"}
    *names, last = (plural[name] for name in photographs.classes)
    assert "60,000 training images" in mnist.source
    said("Its weights were trained on MNIST, 60,000 digits",
         f"was trained on six classes of CIFAR-10: {', '.join(names)} and {last}.",
         "five 3x3 convolutions, each followed by batch normalisation and a ReLU")
    assert sum(path.endswith("/kernel") for path in weights.load_pretrained("mnist")) == 5


def test_a_frozen_batch_normalisation_runs_in_inference_mode():
    norm, x = keras.layers.BatchNormalization(), np.full((4, 2), 7, "float32")
    norm.build((None, 2))
    norm.trainable = False
    inferred = np.asarray(norm(x, training=False))
    assert np.array_equal(norm(x, training=True), inferred) and np.array_equal(norm.moving_mean, [0, 0])
    norm.trainable = True
    assert not np.allclose(norm(x, training=True), inferred)
    said("In Keras, a frozen batch normalisation also runs in inference mode, in `fit`, too.")


def test_how_soon_means_are_forgotten():
    assert abs(0.9**20 - 1 / 8) < 0.005
    said("After 20 batches it is an eighth, and the rest are your hundred images.",
         f"Keras's own default, {keras.layers.BatchNormalization().momentum}: it only takes longer",
         "with a momentum of 0.9, a tenth of what was there is gone each time")


def test_what_fine_tuning_is_asked_for():
    numbers = {10: "ten", 8: "eight"}
    points = {name: points for name, _, points in session_of(NAME).tests("fine-tune") if points}
    accuracies = sorted(points.values())[-2:]
    said(f"The check trains on {numbers[fine_tune.PER_CLASS]} images each of {numbers[fine_tune.CLASSES]} digits, and "
         f"asks for two accuracies on altered images that you do not have, {accuracies[0]:g} points each.",
         f"a run on {fine_tune.PER_CLASS * fine_tune.CLASSES} images should take a few seconds",
         f"by at most {100 * fine_tune.LARGEST_STEP:g} % of its norm in an epoch (of three batches here)")
    assert -(-fine_tune.PER_CLASS * fine_tune.CLASSES // 32) == 3


def test_gains_over_scratch():
    """Kept with the weights: ten seeds, by images of each class."""
    kept, sides = weights.measured("mnist"), []
    for count in ("5", "10", "20"):
        runs = kept["by_count"][count]
        assert len(runs["transfer"]) == len(runs["scratch"]) == 10
        sides.append([f"{100 * np.mean(runs[way]):.0f} %" for way in ("transfer", "scratch")])
    (a, b), (c, d), (e, f) = sides
    said(f"Measured on the digits over ten seeds, without augmentation, it was {a} against {b} with 5 images of each "
         f"class, {c} against {d} with 10, and {e} against {f} with 20")


def test_the_clinic():
    said(f"four X-ray images each of 500 patients, taken from different angles. The {4 * 500:,} images")


def test_the_hint_of_report():
    runs = np.array([[0.90, 0.94], [0.95, 0.97]])
    first, second = runs.mean(axis=1)
    assert runs[0].std() / runs[1].std() > 1.99
    said(f"The curve goes through {first:.2f} and {second:.2f}; the spread at the first point is twice that")
