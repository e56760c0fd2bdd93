"""The pictures of assignment 04, and its demonstrations of networks in training."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from torch import nn
from torch.nn import functional

from .. import costs
from ..style import BLUE, GREY, ORANGE, described, figure, milliseconds, needs, show, table

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


@needs("lenet-model")
def wrong_scale(
    loop: Callable[..., Curves], LeNet5: type[nn.Module], images: np.ndarray, labels: np.ndarray
) -> None:
    """A network trained on one scale and judged on others: how much is right, and how sure it is of itself."""
    torch.manual_seed(0)
    model = LeNet5()
    loop(model, epochs=12, rate=0.05)
    raw, truth = _prepared(images), torch.from_numpy(labels)
    scales = {
        "0 to 1, as in training": raw, "0 to 255, not scaled": 255 * raw, "0 to 1/255, scaled twice": raw / 255,
        "-1 to 1, as another network wants it": 2 * raw - 1, "0 to 1, paper and ink exchanged": 1 - raw,
    }
    right, sure = [], []
    for pictures in scales.values():
        with torch.no_grad():
            shares = model(pictures).softmax(dim=1)
        right.append((shares.argmax(dim=1) == truth).float().mean().item())
        sure.append(shares.max(dim=1).values.mean().item())
    _compared(list(scales), {"right": right, "sure, on average": sure},
              "One network, the same held images, five scales: {rows}.")


def forgotten_eval(
    loop: Callable[..., Curves], WithNorm: type[nn.Module], images: np.ndarray, labels: np.ndarray
) -> None:
    """A network with batch normalisation and dropout, judged with `eval()` and without, in batches of four kinds."""
    torch.manual_seed(0)
    model = WithNorm()
    loop(model, epochs=8, rate=0.05)
    inputs, truth = _prepared(images[:1000]), torch.from_numpy(labels[:1000])
    places = torch.arange(len(inputs))
    digits = [places[truth == digit] for digit in range(10)]

    def answers(batches: Sequence[torch.Tensor], training: bool) -> torch.Tensor:
        asked = copy.deepcopy(model).train(training)  # in training mode it would change by being asked
        found = torch.empty_like(truth)
        with torch.no_grad():
            for batch in batches:
                found[batch] = asked(inputs[batch]).argmax(dim=1)
        return found

    kinds = {
        "eval(), in whatever batches": answers(places.split(100), False),
        "forgotten: batches of 100": answers(places.split(100), True),
        "forgotten: one image at a time": answers(places.split(1), True),
        "forgotten: a batch for each digit": answers(digits, True),
    }
    right = [(found == truth).float().mean().item() for found in kinds.values()]
    _compared(list(kinds), {"right": right}, "One network, the same held images: {rows}.")
    once, again = (answers(places.split(100), True) for _ in range(2))
    print(f"Asked twice without eval(), it changes its mind about {(once != again).float().mean():.1%} of the images; "
          f"with eval(), about {(answers(places.split(1), False) != kinds['eval(), in whatever batches']).sum()}.")


def _compared(rows: Sequence[str], bars: Mapping[str, Sequence[float]], alt: str) -> None:
    """Shares as bars, one group for each row, with their numbers; `alt` has {rows} in it."""
    fig, axis = figure(width=8, height=0.4 + 0.22 * (1 + len(bars)) * len(rows))
    high = 0.8 / len(bars)
    for number, ((name, shares), colour) in enumerate(zip(bars.items(), (ORANGE, GREY), strict=False)):
        places = [row + number * high for row in range(len(rows))]
        drawn = axis.barh(places, shares, height=0.92 * high, color=colour, label=name)
        axis.bar_label(drawn, [f"{share:.0%} {name}" for share in shares], padding=3, size=9)
    axis.set_yticks([row + high * (len(bars) - 1) / 2 for row in range(len(rows))], rows)
    axis.set(xlim=(0, 1.25), xticks=[])
    axis.spines["bottom"].set_visible(False)
    axis.yaxis.set_inverted(True)
    said = [", ".join(f"{shares[number]:.0%} {name}" for name, shares in bars.items()) for number in range(len(rows))]
    described(fig, alt.format(rows="; ".join(f"{row}: {words}" for row, words in zip(rows, said, strict=True))))


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


@needs("lenet-train", "keras-cnn")
def what_it_cost(
    networks: Sequence[nn.Module], build_cnn: Callable[..., Any], images: np.ndarray, seconds: float
) -> None:
    """Parameters, multiply-adds and time of LeNet-5 and of the network in Keras."""
    model, cnn = _last(networks), build_cnn()
    inputs, pictures = _prepared(images[:100]), images[:100, ..., None] / np.float32(255)
    with torch.no_grad():
        in_torch = milliseconds(lambda: model(inputs)) / len(inputs)
    in_keras = milliseconds(lambda: cnn(pictures)) / len(pictures)
    kernels = [layer for layer in cnn.layers if hasattr(layer, "kernel")]
    used = [int(np.prod(layer.kernel.shape) * np.prod(layer.output.shape[1:-1], initial=1)) for layer in kernels]
    table("What your networks cost", ("network", "parameters", "multiply-adds per image", "ms per image"), [
        ("LeNet-5", costs.parameters(model), costs.multiply_adds(model, 1, 32, 32), f"{in_torch:.2f}"),
        ("yours in Keras", int(cnn.count_params()), sum(used), f"{in_keras:.2f}"),
    ])
    print(f"Training LeNet-5 took {seconds:.0f} seconds, on one thread of this machine.")


def _last(networks: Sequence[nn.Module]) -> nn.Module:
    """The network trained last. Raises NotImplementedError while there is none."""
    if not networks:
        raise NotImplementedError
    return networks[-1]
