"""The pictures and demonstrations of the notebook about AlexNet."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib.cbook
import numpy as np
import torch
from matplotlib.image import imread
from matplotlib.patches import Rectangle
from PIL import Image
from sklearn.datasets import load_sample_images
from torch import nn

from .. import costs
from ..style import BLUE, GREY, ORANGE, described, figure, needs, show, table

# side of the maps, and how many maps: the table of the notebook
SIZES = {
    "image": (227, 3), "conv1": (55, 96), "pool1": (27, 96), "conv2": (27, 256), "pool2": (13, 256),
    "conv3": (13, 384), "conv4": (13, 384), "conv5": (13, 256), "pool5": (6, 256),
    "fc6": (1, 4096), "fc7": (1, 4096), "fc8": (1, 1000),
}
PARAMETERS = {
    "conv1": 34_944, "conv2": 614_656, "conv3": 885_120, "conv4": 1_327_488, "conv5": 884_992,
    "fc6": 37_752_832, "fc7": 16_781_312, "fc8": 4_097_000,
}
MULTIPLY_ADDS = {
    "conv1": 105_415_200, "conv2": 447_897_600, "conv3": 149_520_384, "conv4": 224_280_576, "conv5": 149_520_384,
    "fc6": 37_748_736, "fc7": 16_777_216, "fc8": 4_096_000,
}


def architecture() -> None:
    """AlexNet as a row of blocks whose heights and widths follow the sides and the numbers of the maps."""
    fig, axis = figure(width=10, height=3.3, bare=True)
    left = 0.0
    for name, (side, maps) in SIZES.items():
        dense = name.startswith("fc")
        height = maps**0.5 * 1.3 if dense else side**0.72
        width = 3 if dense else 2 + maps / 42
        colour = GREY if name == "image" or name.startswith("pool") else ORANGE if dense else BLUE
        axis.add_patch(Rectangle((left, -height / 2), width, height, color=colour))
        size = f"{maps}" if dense else f"{side}x{side}\nx{maps}"
        axis.text(left + width / 2, -height / 2 - 2, size, ha="center", va="top", fontsize=8)
        axis.text(left + width / 2, height / 2 + 1.5, name, ha="center", va="bottom", fontsize=9)
        left += width + 4.5
    axis.set_xlim(-3, left)
    axis.set_ylim(-60, 56)
    described(fig, "A row of blocks from the image to fc8: sides shrink from 227 to 6 while maps grow from 3 to 384, "
              "then three dense layers with 4,096, 4,096 and 1,000 units.")


def parameters_and_work() -> None:
    """How parameters and multiply-adds are shared out among the layers."""
    def share(counts: dict[str, int]) -> float:
        return sum(counts[name] for name in ("fc6", "fc7", "fc8")) / sum(counts.values())

    dense, conv = share(PARAMETERS), 1 - share(MULTIPLY_ADDS)
    fig, axes = figure(2, width=9, height=2.6)
    titles = ("parameters (millions)", "multiply-adds (millions)")
    for axis, counts, title in zip(axes, (PARAMETERS, MULTIPLY_ADDS), titles, strict=True):
        axis.bar(counts.keys(), [count / 1e6 for count in counts.values()], color=[BLUE] * 5 + [ORANGE] * 3)
        axis.set_title(title)
        axis.tick_params(axis="x", labelsize=8)
    described(fig, f"Two bar charts by layer. Dense layers hold {dense:.0%} of the parameters, mostly fc6; "
              f"convolutions do {conv:.0%} of the multiply-adds, most of them conv2.")
    print(f"parameters in dense layers: {dense:.1%}; multiply-adds in convolutions: {conv:.1%}")


def relu_and_tanh() -> None:
    """ReLU and tanh, and their derivatives."""
    x = np.linspace(-4, 4, 200)
    fig, axes = figure(2, width=7, height=2.5)
    curves = (np.tanh(x), np.maximum(x, 0)), (1 - np.tanh(x) ** 2, np.where(x > 0, 1, 0))
    for axis, (tanh, relu), title in zip(axes, curves, ("activation", "its derivative"), strict=True):
        axis.plot(x, tanh, color=GREY, linewidth=3, label="tanh")
        axis.plot(x, relu, color=BLUE, linewidth=2, label="ReLU")
        axis.set_ylim(-1.3, 2.2)
        axis.set_title(title)
    axes[0].legend()
    described(fig, "ReLU and tanh with their derivatives: tanh levels off and its derivative goes to 0 on both sides; "
              "the ReLU's derivative stays 1 for positive inputs.")


@needs("alexnet-numpy")
def untrained(alexnet_forward: Callable[..., Any]) -> None:
    """The probabilities that a narrow network with random weights gives for a photograph."""
    guesses = alexnet_forward(_photograph()[14:241, 14:241] / 255, _narrow(np.random.default_rng(1)))
    print("probabilities of ten classes, from a network that has learned nothing:")
    print(*(f"{guess:.2f}" for guess in guesses), "sum:", f"{guesses.sum():.3f}")


@needs("alexnet-torch")
def size_of(network: Callable[..., nn.Module]) -> None:
    """How many parameters the network has with one group and with two, and the memory that they take."""
    for groups in (1, 2):
        with torch.device("meta"):  # shapes without numbers: nothing is computed, and no memory is needed
            model = network(groups=groups)
        count = sum(parameter.numel() for parameter in model.parameters())
        print(f"groups={groups}: {count:,} parameters, {4 * count / 1e6:.1f} MB as float32")


@needs("augmentation")
def augmented(augment: Callable[..., Any]) -> None:
    """A photograph, ten augmented pieces of it and their mean."""
    photo = _photograph()
    pieces = augment(np.repeat(photo[None], 10, axis=0), 224, np.random.default_rng(4))
    fig, axes = figure(6, rows=2, width=10, height=3.6)
    pictures = [photo, *pieces, np.mean(pieces, axis=0) / 255]
    titles = ["the photograph", *[""] * 10, "mean of the ten"]
    for axis, picture, title in zip(axes.flat, pictures, titles, strict=True):
        show(axis, picture, title)
    described(fig, "A photograph of Grace Hopper, ten pieces of it at slightly different places, some mirrored, and "
              "their mean, which is blurred.")


def learning_curve(accuracies: list[tuple[float, float]]) -> None:
    """Accuracy after each epoch, on training images and on others: (epochs, 2) shares."""
    curve = np.asarray(accuracies)
    fig, axis = figure(width=6, height=2.7)
    for column, (name, colour) in enumerate((("training images", GREY), ("images it has not seen", BLUE))):
        axis.plot(range(1, len(curve) + 1), 100 * curve[:, column], color=colour, linewidth=2, marker="o",
                  label=f"{name}: {curve[-1, column]:.1%} at the end")
    axis.set_xlabel("epoch")
    axis.set_ylabel("accuracy (%)")
    axis.legend()
    described(fig, f"Accuracy by epoch rises quickly and levels off: {curve[-1, 0]:.1%} on training images and "
              f"{curve[-1, 1]:.1%} on images the network has not seen.")


@needs("top-k")
def five_guesses(
    top_k_accuracy: Callable[..., Any], top_k: Callable[..., Any], network: nn.Module, pictures: Any, labels: Any
) -> None:
    """Top-k accuracy of the network, and the five best guesses for the images about which it is least sure."""
    with torch.no_grad():
        scores = torch.softmax(network(pictures), dim=1).numpy()
    labels, names = np.asarray(labels), [str(name) for name in range(scores.shape[1])]
    for k in (1, 2, 5):
        print(f"top-{k} accuracy on images it has not seen: {top_k_accuracy(scores, labels, k):.1%}")
    fig, axes = figure(4, rows=2, width=9.5, height=3.4)
    for (above, below), index in zip(axes.T, np.argsort(scores.max(axis=1))[:4], strict=True):
        show(above, pictures[index, 0], f"label {labels[index]}", cmap="gray_r")
        guesses, values = zip(*top_k(scores[index], 5, names), strict=True)
        colours = [ORANGE if name == str(labels[index]) else GREY for name in guesses]
        below.barh(range(5), values, color=colours, tick_label=guesses)
        below.yaxis.set_inverted(True)
        below.set_xlim(0, 1)
    described(fig, "The four digits the network is least sure about, each with the bars of its five best classes, in "
              "which the label's bar is orange; the best class has less than half of the probability.")


@needs("filters")
def first_filters(filter_grid: Callable[..., Any], before: Any, after: Any) -> None:
    """The filters of a first layer before and after training: weights (filters, channels, height, width)."""
    fig, axes = figure(2, width=9.5, height=2.6)
    for axis, weights, title in zip(axes, (before, after), ("before training", "after training"), strict=True):
        show(axis, filter_grid(weights.detach().numpy()), title)
    described(fig, "The 16 filters of 7x7 before and after training: noise before, light and dark regions after, some "
              "of them like edges and strokes.")


@needs("feature-maps")
def maps_of_a_digit(feature_maps: Callable[..., Any], network: nn.Module, picture: Any) -> None:
    """What two layers of the network answer to a picture (1, 1, height, width)."""
    fig, axes = figure(9, rows=3, width=10, height=3.4, bare=True)
    show(axes[0, 0], picture[0, 0], "image", cmap="gray_r")
    for layer, places in (("features.0", axes[:2, 1:]), ("features.3", axes[2:, 1:])):
        maps = np.asarray(feature_maps(network, layer, picture))
        most = abs(maps).max()
        for axis, one in zip(places.flat, maps[: places.size], strict=True):
            show(axis, one, cmap="RdBu_r", vmin=-most, vmax=most)
        places[0, 0].set_title(layer, fontsize=9)
    described(fig, "One digit, the 16 maps of the first convolution, which answer to edges of different directions, "
              "and eight maps of the second, coarser, each of which answers to few places.")


# a trained AlexNet, or what stands in for it -------------------------------------------------------------------------

STANDS_IN = "AlexNet's weights are not here, so the small network for digits stands in"


@needs("top-k")
def best_of_a_thousand(
    top_k: Callable[..., Any], prepared: Callable[..., Any], small: nn.Module, photographs: Sequence[str | Path],
    *, trained: nn.Module | None,
) -> None:
    """The five best classes of photographs, of the trained AlexNet; without it, of the small network for digits."""
    pictures = _opened(photographs)
    fig, axes = figure(len(pictures), rows=2, width=max(3.6 * len(pictures), 5), height=4.6)
    said = []
    for (above, below), (name, picture) in zip(np.reshape(axes, (2, -1)).T, pictures.items(), strict=True):
        with torch.no_grad():
            logits = small(_as_a_digit(picture)) if trained is None else trained(prepared(picture))
        classes = [*"0123456789"] if trained is None else _classes()
        guesses, shares = zip(*top_k(logits.softmax(dim=1)[0].numpy(), 5, classes), strict=True)
        show(above, np.asarray(picture) if trained else _as_a_digit(picture)[0, 0], name,
             **({} if trained else {"cmap": "gray_r"}))
        below.barh(range(5), shares, color=[ORANGE, *[GREY] * 4], tick_label=guesses)
        below.yaxis.set_inverted(True)
        below.set(xlim=(0, 1), xticks=[0, 0.5, 1])
        said.append(f"{name}: {guesses[0]} {shares[0]:.0%}, then {', '.join(guesses[1:])}")
    who = "AlexNet" if trained else STANDS_IN
    described(fig, f"Photographs, and below each its five best classes as bars. {who}. {'; '.join(said)}.")
    if trained is None:
        print(f"{STANDS_IN}. It knows digits alone, and names one whatever it is shown, often without a doubt:\n"
              "a softmax has no way to say 'none of these'.")


@needs("filters")
def filters_side_by_side(filter_grid: Callable[..., Any], small: nn.Module, *, trained: nn.Module | None) -> None:
    """The first layer's filters of the trained AlexNet beside those of the small network."""
    networks = {"the small network: 16 of 7x7": small}
    if trained is not None:
        networks = {"AlexNet: 64 of 11x11, in colour": trained, **networks}
    fig, axes = figure(len(networks), width=5.2 * len(networks), height=4.2)
    for axis, (name, network) in zip(np.ravel(axes), networks.items(), strict=True):
        weights = next(network.parameters()).detach().numpy()
        show(axis, filter_grid(weights, columns=8 if len(weights) > 16 else 4), name)
    described(fig, f"Filters of first layers, each scaled to [0, 1]: {' and '.join(networks)}.")
    if trained is None:
        print(f"{STANDS_IN}.")


@needs("feature-maps")
def maps_side_by_side(
    feature_maps: Callable[..., Any], prepared: Callable[..., Any], small: nn.Module, digit: Any,
    *, trained: nn.Module | None,
) -> None:
    """Maps of an early and a late layer: of the trained AlexNet for a photograph, of the small network for a digit."""
    rows = [("a digit", digit[0, 0], small, digit, ("features.0", "features.3"))]
    if trained is not None:
        photo = Image.fromarray(_photograph())
        rows.insert(0, ("a photograph", np.asarray(photo), trained, prepared(photo), ("features.0", "features.10")))
    fig, axes = figure(9, rows=2 * len(rows), width=10, height=2.3 * len(rows), bare=True)
    for number, (name, picture, network, image, layers) in enumerate(rows):
        show(axes[2 * number, 0], picture, name, cmap="gray_r")
        for layer, places in zip(layers, axes[2 * number : 2 * number + 2, 1:], strict=True):
            maps = np.asarray(feature_maps(network, layer, image))
            most = abs(maps).max()
            for axis, one in zip(places, maps[:: max(1, len(maps) // 8)], strict=False):
                show(axis, one, cmap="RdBu_r", vmin=-most, vmax=most)
            places[0].set_title(f"{layer}, {len(maps)} maps of {maps.shape[1]}x{maps.shape[2]}", fontsize=8, loc="left")
    shown = " and ".join(name for name, *_ in rows)
    described(fig, f"Eight maps each of an early and of a late convolution, for {shown}: the early ones follow edges, "
              "the late ones are coarser.")
    if trained is None:
        print(f"{STANDS_IN}.")


@needs("alexnet-torch")
def what_it_cost(network: Callable[..., nn.Module], small: nn.Module, seconds: float) -> None:
    """Parameters, multiply-adds and megabytes of AlexNet, with one group and with two, and of the small network."""
    rows = []
    for name, model, shape in (
        ("AlexNet", costs.without_numbers(network), (3, 227, 227)),
        ("AlexNet in two groups", costs.without_numbers(lambda: network(groups=2)), (3, 227, 227)),
        ("the small network for digits", small, (1, 28, 28)),
    ):
        count = costs.parameters(model)
        rows.append((name, count, costs.multiply_adds(model, *shape), f"{4 * count / 1e6:.1f}"))
    table("What your networks cost", ("network", "parameters", "multiply-adds for an image", "MB as float32"), rows)
    print(f"AlexNet was trained for five to six days on two GPUs; the small network took {seconds:.0f} seconds here.")


def _opened(photographs: Sequence[str | Path]) -> dict[str, Image.Image]:
    """The photographs by their files' names; without any, three that come with libraries of the course."""
    if photographs:
        return {Path(path).name: Image.open(path).convert("RGB") for path in photographs}
    samples = load_sample_images()
    named = {Path(path).name: Image.fromarray(image) for path, image in
             zip(samples.filenames, samples.images, strict=True)}
    return {"Grace Hopper": Image.fromarray(_photograph()), **named}


def _as_a_digit(photo: Image.Image) -> torch.Tensor:
    """A photograph as (1, 1, 28, 28), light on dark, as the small network takes its digits."""
    grey = photo.convert("L").resize((28, 28), Image.Resampling.BOX)
    return 1 - torch.from_numpy(np.asarray(grey, np.float32))[None, None] / 255


@cache
def _classes() -> list[str]:
    """ImageNet's classes, in the order of the network's outputs."""
    about = Path(__file__).parents[1] / "weights" / "alexnet.json"
    classes: list[str] = json.loads(about.read_text(encoding="utf-8"))["classes"]
    return classes


@cache
def _photograph() -> np.ndarray:
    """Rear Admiral Grace Hopper, photographed by the US Navy: 256x256 pixels of uint8."""
    with matplotlib.cbook.get_sample_data("grace_hopper.jpg") as file:
        return imread(file, format="jpg")[40:296, 130:386]


def _narrow(rng: np.random.Generator) -> dict[str, dict[str, np.ndarray]]:
    """Random parameters of a narrow AlexNet for 227x227 pixels and ten classes."""
    drawn, channels = {}, 3
    for number, (filters, side) in enumerate(zip((8, 12, 16, 16, 12), (11, 5, 3, 3, 3), strict=True), 1):
        scale = (2 / (side * side * channels)) ** 0.5
        kernels = scale * rng.standard_normal((filters, side, side, channels))
        drawn[f"conv{number}"] = {"kernels": kernels, "bias": np.zeros(filters)}
        channels = filters
    features = 6 * 6 * channels
    for number, units in enumerate((32, 32, 10), 6):
        weights = (2 / features) ** 0.5 * rng.standard_normal((features, units))
        drawn[f"fc{number}"] = {"weights": weights, "biases": np.zeros(units)}
        features = units
    return drawn
