"""The pictures of assignment 04, and its demonstrations of networks in training."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from torch import nn
from torch.nn import functional

from ..style import BLUE, GREY, ORANGE, described, figure, needs, show

# which maps of S2 (rows) each map of C3 (columns) reads: Table I of the paper
CONNECTIONS = (
    "X...XXX..XXXX.XX", "XX...XXX..XXXX.X", "XXX...XXX..X.XXX",
    ".XXX..XXXX..X.XX", "..XXX..XXXX.XX.X", "...XXX..XXXX.XXX",
)


def _digit(axis: Axes, image: Any, title: str = "", **options: Any) -> None:
    """Ink on paper, without a frame."""
    show(axis, image, **{"cmap": "gray_r", **options})
    axis.set_title(title, size=9)


def _prepared(images: np.ndarray) -> torch.Tensor:
    """Raw images (N, 28, 28) as (N, 1, 32, 32) float32 in [0, 1], with zeros around."""
    return functional.pad(torch.from_numpy(images).float()[:, None] / 255, (2, 2, 2, 2))


# digits and layers ------------------------------------------------------------------------------------------------


def digits(images: np.ndarray, labels: np.ndarray) -> None:
    """Two examples of each digit."""
    fig, axes = figure(10, 2, width=9, height=2, bare=True)
    for digit in range(10):
        examples = images[labels == digit]
        for row in range(2):
            _digit(axes[row, digit], examples[row], str(digit) if row == 0 else "")
    described(fig, "Two examples of each of the ten digits, in various hands.")


def connections() -> None:
    """The paper's table: which maps of S2 each map of C3 reads."""
    connected = np.array([[mark == "X" for mark in row] for row in CONNECTIONS])
    fig, axis = figure(width=6.5, height=2.6)
    axis.imshow(connected, cmap="Blues", vmax=1.5)
    axis.set(xticks=range(16), yticks=range(6), xlabel="map of C3", ylabel="map of S2")
    print("maps of S2 that each map of C3 reads:", *connected.sum(axis=0))
    described(
        fig,
        "A table of 6 maps of S2 by 16 maps of C3: the first six maps of C3 read three maps each, the next nine read "
        "four each, and the last one reads all six.",
    )


@needs("lenet-components")
def layers(lenet_components: Mapping[str, Any]) -> None:
    """The layers of the answer's table, drawn to scale, each with its size and its parameters."""
    table = {name: entry for name, entry in lenet_components.items() if name not in ("C3_paper", "total")}
    fig, axis = figure(width=9.5, height=3, bare=True)
    x = 0.0
    for name, (shape, parameters) in [("input", ((32, 32, 1), 0)), *table.items()]:
        has_maps = len(shape) == 3
        high, maps = (shape[0] / 14, shape[2]) if has_maps else (shape[0] / 50, 1)
        colour = BLUE if not has_maps else ORANGE if name.startswith("C") else GREY
        wide = high if has_maps else 0.25
        for step in reversed(range(min(maps, 6))):
            corner = (x + 0.12 * step, -high / 2 + 0.12 * step)
            axis.add_patch(Rectangle(corner, wide, high, facecolor=colour, edgecolor="white"))
        size = f"{maps} @ {shape[0]}x{shape[1]}" if has_maps else f"{shape[0]} units"
        axis.text(x + wide / 2, -1.55, f"{name}\n{size}\n{parameters:,}", ha="center", va="top", size=8.5)
        x += max(wide + 0.12 * min(maps, 6), 0.75) + 0.55
    axis.set(xlim=(-0.5, x), ylim=(-2.5, 2), aspect="equal")
    described(
        fig,
        f"The layers from left to right, each with its size and its parameters: maps that get smaller and more, then "
        f"units. Of {sum(entry[1] for entry in table.values()):,} parameters, C5 has {table['C5'][1]:,}.",
    )


def view_of_a_batch() -> None:
    """Where `view(-1, 256)` cuts the numbers of three images."""
    fig, axis = figure(width=9, height=1.9, bare=True)
    for number, shade in enumerate([BLUE, "#7fa8d6", "#c3d6ec"]):
        axis.barh(1, 400, left=400 * number, color=shade, edgecolor="white", height=0.6)
        colour = "white" if number == 0 else "black"
        axis.text(400 * number + 200, 1, f"image {number}: 400 numbers", ha="center", va="center", size=9, color=colour)
    for number in range(4):
        axis.barh(0, 256, left=256 * number, color=GREY, edgecolor="white", height=0.6)
        axis.text(256 * number + 128, 0, f"row {number}: 256 numbers", ha="center", va="center", size=9)
    axis.set_xlim(0, 1200)
    described(
        fig,
        "The numbers of three images in one line, 400 each, above the rows of 256 that the view cuts from it: the "
        "cuts do not fall between the images.",
    )


def before_and_after(image: np.ndarray) -> None:
    """A digit as it comes, and as the network takes it."""
    fig, axes = figure(2, width=5.5, height=2.6, bare=True)
    _digit(axes[0], image, "28x28, from 0 to 255")
    _digit(axes[1], np.pad(image, 2) / 255, "32x32, from 0 to 1")
    axes[1].add_patch(Rectangle((1.5, 1.5), 28, 28, fill=False, edgecolor=ORANGE))
    described(fig, "A digit before and after: the same strokes, with a border of two pixels of paper around it.")


# training ---------------------------------------------------------------------------------------------------------

Curves = tuple[Sequence[float], Sequence[float]]


@needs("lenet-model")
def learning_curves(loop: Callable[..., Curves], OneLayer: type[nn.Module], LeNet5: type[nn.Module]) -> None:
    """The notebook's training loop at work on both networks."""
    curves = {}
    for name, model in (("one layer", OneLayer), ("LeNet-5", LeNet5)):
        torch.manual_seed(0)
        curves[name] = loop(model(), epochs=12, rate=0.05)
    fig, axes = figure(2, width=8, height=2.9)
    for (name, (losses, shares)), colour in zip(curves.items(), (GREY, ORANGE), strict=True):
        axes[0].plot(range(1, 13), losses, color=colour, linewidth=2, label=name)
        axes[1].plot(range(1, 13), shares, color=colour, linewidth=2, label=f"{name}: {shares[-1]:.1%} at the end")
    axes[0].set_ylabel("training loss")
    axes[1].set_ylabel("right, of the held images")
    for axis in axes:
        axis.set_xlabel("epoch")
        axis.legend()
    (one_loss, one_share), (loss, share) = [(kept[-1], right[-1]) for kept, right in curves.values()]
    described(
        fig,
        f"Learning curves over 12 epochs on 700 images. The loss falls to {one_loss:.2f} for one layer and to "
        f"{loss:.2f} for LeNet-5; of the held images they have {one_share:.1%} and {share:.1%} right.",
    )


@needs("keras-cnn")
def training_in_keras(
    build_cnn: Callable[..., Any], images: np.ndarray, labels: np.ndarray, others: np.ndarray, truth: np.ndarray
) -> None:
    """`fit` at work on the answer's network, for twelve epochs on 1,500 images, and judged on other ones."""
    keras.utils.set_random_seed(0)
    scaled, few = np.float32(255), slice(0, 1500)
    history = build_cnn().fit(
        images[few, ..., None] / scaled, labels[few], epochs=12, batch_size=32, verbose=0,
        validation_data=(others[..., None] / scaled, truth),
    ).history
    fig, axis = figure(width=4.6, height=2.8)
    epochs = range(1, 13)
    axis.plot(epochs, history["accuracy"], color=GREY, linewidth=2, label="training images, during the epoch")
    axis.plot(epochs, history["val_accuracy"], color=ORANGE, linewidth=2, label="held images, after it")
    axis.set(xlabel="epoch", ylabel="accuracy")
    axis.legend()
    described(fig, f"The accuracy over twelve epochs, up to {history['val_accuracy'][-1]:.1%} of the held images.")


# judging ----------------------------------------------------------------------------------------------------------


@needs("lenet-evaluate", "lenet-train")
def confusion(
    evaluate: Callable[..., Any], networks: Sequence[nn.Module], images: np.ndarray, labels: np.ndarray
) -> None:
    """The confusion matrix of the network trained last, with the mistakes coloured."""
    result = evaluate(_last(networks), images, labels)
    off = result.confusion.copy()
    np.fill_diagonal(off, 0)
    fig, axis = figure(width=4.6, height=4.2)
    axis.imshow(off, cmap="Oranges", vmax=max(1, off.max()) * 1.3)
    for (true, guess), count in np.ndenumerate(result.confusion):
        if count:
            colour = "#777777" if true == guess else "black"
            axis.text(guess, true, count, ha="center", va="center", color=colour, size=9)
    axis.set(xticks=range(10), yticks=range(10), xlabel="predicted", ylabel="true")
    axis.set_title(f"accuracy {result.accuracy:.1%}")
    true, guess = np.unravel_index(off.argmax(), off.shape)
    described(
        fig,
        f"The confusion matrix of {len(images):,} held images: {np.trace(result.confusion):,} on the diagonal, "
        f"{off.sum()} beside it. The most frequent mistake: {true} taken for {guess}, {off.max()} times.",
    )


@needs("lenet-evaluate", "lenet-train")
def worst_mistakes(
    evaluate: Callable[..., Any], networks: Sequence[nn.Module], images: np.ndarray, labels: np.ndarray
) -> None:
    """The images of the most confident mistakes."""
    result = evaluate(_last(networks), images, labels)
    fig, axes = figure(5, 2, width=8, height=3.6, bare=True)
    for axis, (index, true, guess, confidence) in zip(axes.flat, result.mistakes, strict=False):
        _digit(axis, images[index], f"{true} taken for {guess}\n{confidence:.0%} sure")
    words = ", ".join(f"{true} taken for {guess} ({sure:.0%} sure)" for _, true, guess, sure in result.mistakes[:3])
    described(fig, f"The most confident mistakes, among them {words}." if words else "There is no mistake to show.")


@needs("lenet-train")
def inside(networks: Sequence[nn.Module], images: np.ndarray, labels: np.ndarray) -> None:
    """The kernels of C1, and the maps that they make of the first image."""
    model, seen = _last(networks), []
    first = next(layer for layer in model.modules() if isinstance(layer, nn.Conv2d))
    hook = first.register_forward_hook(lambda layer, inputs, output: seen.append(output))
    with torch.no_grad():
        model(_prepared(images[:1]))
    hook.remove()
    kernels, maps = first.weight.detach().numpy(), torch.tanh(seen[0][0]).numpy()
    fig, axes = figure(7, 2, width=9.5, height=3, bare=True)
    _digit(axes[1, 0], images[0], "image")
    largest = abs(kernels).max()
    for number in range(6):
        _digit(axes[0, number + 1], kernels[number, 0], f"kernel {number}", cmap="RdBu", vmin=-largest, vmax=largest)
        _digit(axes[1, number + 1], maps[number], f"map {number}", cmap="RdBu", vmin=-1, vmax=1)
    described(
        fig,
        f"The six kernels of C1, red for negative and blue for positive weights, and below each the map that it makes "
        f"of the digit {labels[0]}: each answers to strokes of some directions, or to one side of them.",
    )


def _last(networks: Sequence[nn.Module]) -> nn.Module:
    """The network trained last. Raises NotImplementedError while there is none."""
    if not networks:
        raise NotImplementedError
    return networks[-1]
