"""Every picture and demonstration of the notebook, a function each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from .. import style
from ..style import BLUE, GREY, INK, ORANGE, PALE

GREEN = "#2e8b57"
EXAMPLE = np.array([[1, 3, 2, 0], [4, 2, 1, 5], [0, 1, 8, 6], [7, 2, 3, 4]])  # the one of the text
EYE = slice(83, 91), slice(33, 41)  # 8x8 pixels of the photograph, around one eye


# max, min and average pooling ----------------------------------------------------------------------------------------


def max_pooling_on_a_photograph(photo: np.ndarray) -> None:
    """Max pooling worked out: 8x8 pixels of the photograph as numbers, the maxima of 2x2 windows, and all of it."""
    pixels = np.rint(255 * photo[EYE][:, :, 0]).astype(int)
    maxima = _maxima(pixels, 2)
    fig, axes = style.figure(4, width=12.4, height=3.4, bare=True)
    style.show(axes[0], photo, "the photograph, 120x120")
    _frame(axes[0], EYE[0].start, EYE[1].start, 8, ORANGE)
    _numbers(axes[1], pixels, "the square, 8x8, in windows of 2x2")
    for row, column in np.ndindex(4, 4):
        _frame(axes[1], 2 * row, 2 * column, 2, INK, 1)
    _numbers(axes[2], maxima, "the maxima, 4x4")
    _frame(axes[1], 2, 4, 2, ORANGE)
    _frame(axes[2], 1, 2, 1, ORANGE)
    style.show(axes[3], _maxima(photo[:, :, 0], 2), "all windows of the photograph: 60x60")
    window = ", ".join(map(str, pixels[2:4, 4:6].ravel()))
    style.described(fig, "A portrait of 120x120 pixels with a square around one eye; the square's 8x8 pixels as "
                    "numbers from 0 to 255, divided into 2x2 windows; and the 4x4 largest numbers. One window is "
                    f"marked: of {window} the {maxima[1, 2]} is kept. The portrait pooled like this has 60x60 pixels.")


@style.needs("max-pooling")
def pooled_photograph(layer: Any, photo: np.ndarray) -> None:
    """The photograph after max pooling with 4x4 windows, 4 pixels apart and 1 pixel apart."""
    blocks, grown = layer(4).forward(photo), layer(4, stride=1, padding="same").forward(photo)
    fig, axes = style.figure(3, width=9.6)
    style.show(axes[0], photo, "120x120")
    style.show(axes[1], blocks, "4x4, stride 4: 30x30")
    style.show(axes[2], grown, "4x4, stride 1, same: 120x120")
    style.described(fig, "A portrait of 120x120 pixels; pooled with stride 4 it has 30x30 large, bright squares; "
                    "pooled with stride 1 and same padding it keeps its 120x120 pixels, and bright spots have grown.")


@style.needs("max-pooling")
def pooling_knobs(layer: Any, photo: np.ndarray) -> None:
    """The photograph after max pooling, with a slider for the window and one for the stride."""

    def draw(size: int = 3, stride: int = 2) -> None:
        pooled = layer(size, stride=stride).forward(photo)
        fig, axis = style.figure(width=3.4, height=3.6)
        title = f"{size}x{size}, stride {stride}: {pooled.shape[0]}x{pooled.shape[1]}"
        style.show(axis, pooled, title)
        style.described(fig, f"The portrait after max pooling, {title} pixels.")

    layer().forward(photo)
    style.sliders(draw, size=(1, 12), stride=(1, 12))


@style.needs("max-pooling", "min-pooling")
def strokes(max_pooling: Any, min_pooling: Any) -> None:
    """A thin dark letter on white, and what a maximum and a minimum leave of it."""
    page = np.ones((36, 36, 1))  # dark strokes on a bright ground, one pixel wide
    page[6:30, 8] = page[6, 8:26] = page[17, 8:22] = page[29, 8:26] = 0
    pictures = {
        "ink on paper, 36x36": page,
        "maximum, 3x3: 12x12": max_pooling(3).forward(page),
        "minimum, 3x3: 12x12": min_pooling(3).forward(page),
    }
    fig, axes = style.figure(3, width=9.6)
    for axis, (title, picture) in zip(axes, pictures.items(), strict=True):
        style.show(axis, picture, title)
        _frame(axis, 0, 0, len(picture), GREY, 1)
    style.described(fig, "A letter in thin dark strokes on white. After 3x3 maximum pooling the page is empty; after "
                    "minimum pooling the letter is still there, in thick strokes.")


@style.needs("max-pooling", "average-pooling", "min-pooling")
def three_poolings(max_pooling: Any, average_pooling: Any, min_pooling: Any, photo: np.ndarray) -> None:
    """The photograph's maximum, mean and minimum over 5x5 blocks."""
    layers = {"maximum": max_pooling, "mean": average_pooling, "minimum": min_pooling}
    pooled = {f"{name} of 5x5: 24x24": layer(5).forward(photo) for name, layer in layers.items()}
    fig, axes = style.figure(4, width=11)
    for axis, (title, picture) in zip(axes, {"120x120": photo, **pooled}.items(), strict=True):
        style.show(axis, picture, title)
    style.described(fig, "The portrait of 120x120 pixels, and 24x24 pixels of it after 5x5 pooling: the maximum is the "
                    "brightest, the mean looks like the portrait, the minimum is the darkest.")


# the gradient of max pooling -----------------------------------------------------------------------------------------


def switches() -> None:
    """The text's example: which pixel was each window's maximum, and the way back that a gradient takes."""
    places = [(1, 0), (1, 3), (3, 0), (2, 2)]
    gradient, back = np.array([[1, 2], [3, 4]]), np.zeros((4, 4), dtype=int)
    for place, value in zip(places, gradient.ravel(), strict=True):
        back[place] = value
    fig, axes = style.figure(4, width=11.6, height=3.1, bare=True)
    four = [[PALE, BLUE], [ORANGE, GREY]]
    found = np.full((4, 4), "white", dtype=object)
    for place, colour in zip(places, np.ravel(four), strict=True):
        found[place] = colour
    parts = [
        ("forward: each window's maximum\nis remembered, as a switch", EXAMPLE, found),
        ("the result", np.array([[4, 5], [7, 8]]), four),
        ("backward: the gradient\nof the result arrives", gradient, four),
        ("and goes to where the switch points", back, found),
    ]
    for axis, (title, values, colours) in zip(axes, parts, strict=True):
        _coloured(axis, values, colours)
        axis.set_title(title)
        for row, column in np.ndindex(2, 2) if len(values) == 4 else ():
            _frame(axis, 2 * row, 2 * column, 2, INK, 1.5, corner=0)
    style.described(fig, "The 4x4 example in four windows of 2x2. Marked are the maxima 4, 5, 7 and 8, in the second "
                    "row left and right, the last row left, and the third row. The gradients 1, 2, 3 and 4 of the "
                    "result go back to just these four pixels; the other twelve get 0.")


def what_switches_keep(photo: np.ndarray) -> None:
    """Bright edges of the photograph, pooled, and put back with their switches and without."""
    edges = np.clip(4 * (photo[60:120, 21:101, 0] - photo[60:120, 20:100, 0]), 0, 1)
    pooled = _maxima(edges, 2)
    known = np.where(np.kron(pooled, np.ones((2, 2))) == edges, edges, 0)
    corner = np.zeros_like(edges)
    corner[::2, ::2] = pooled
    fig, axes = style.figure(4, width=12.4, height=2.7, bare=True)
    parts = {"edges of the photograph, 60x80": edges, "pooled, 2x2 windows: 30x40": pooled,
             "put back where the switches point": known, "put back without them, at the top left": corner}
    for axis, (title, picture) in zip(axes, parts.items(), strict=True):
        style.show(axis, picture, title)
    style.described(fig, "Thin bright edges around the eyes and glasses of the portrait; their 30x40 maxima, coarser; "
                    "the same maxima on black, each at the pixel that it came from, where the lines are thin again; "
                    "and each at the top left of its window, where the lines have become a regular grid of dots.")


@style.needs("pooling-backward")
def gradient_of_a_bump(max_pool_backward: Callable[..., Any]) -> None:
    """Where a gradient of 1 per window arrives, with windows that touch and windows that overlap."""
    rows, columns = np.mgrid[0:9, 0:9]
    image = np.exp(-((rows - 4) ** 2 + (columns - 4) ** 2) / 6)[:, :, None]
    grads = [max_pool_backward(np.ones((4, 4, 1)), image, size, 2) for size in (2, 3)]
    fig, axes = style.figure(3, width=9.6)
    titles = ["input, one bump", "2x2, stride 2", "3x3, stride 2"]
    for axis, values, title in zip(axes, [image, *grads], titles, strict=True):
        most = 1 if values is image else 5
        axis.imshow(values[:, :, 0], cmap="Blues", vmin=0, vmax=most, interpolation="nearest")
        for row, column in np.argwhere(values[:, :, 0] >= 1) if values is not image else []:
            axis.text(column, row, f"{values[row, column, 0]:g}", ha="center", va="center")
        axis.set(title=title, xticks=[], yticks=[])
    style.described(fig, "A bump of 9x9 pixels, and where the gradient of its max pooling arrives: with 2x2 windows at "
                    "one pixel for each of the 16 windows, with overlapping 3x3 windows at fewer pixels; its top gets "
                    f"{grads[1][4, 4, 0]:g}.")


# shifts --------------------------------------------------------------------------------------------------------------


@style.needs("shift-invariance", "max-pooling", "average-pooling")
def sensitivity_to_shifts(sensitivity: Callable[..., float], max_pooling: Any, average_pooling: Any,
                          photo: np.ndarray) -> None:
    """How much the edges of 24 pieces of the photograph change with a shift, pooled and not."""
    corners = np.random.default_rng(2).integers(0, 88, (24, 2))
    pieces = np.stack([photo[row : row + 32, column : column + 32] for row, column in corners])

    def edges(images: np.ndarray) -> np.ndarray:
        return np.maximum(images[:, :, 1:] - images[:, :, :-1], 0)[:, :, 7:]  # without the border that came in

    def pooled(layer: Any) -> Callable[[np.ndarray], np.ndarray]:
        return lambda images: layer.forward(edges(images))

    kinds = {
        "no pooling": (edges, GREY),
        "maximum, 2x2": (pooled(max_pooling(2)), ORANGE),
        "maximum, 4x4": (pooled(max_pooling(4)), BLUE),
        "average, 4x4": (pooled(average_pooling(4)), GREEN),
    }
    shifts, at_one = range(7), {}
    fig, axis = style.figure(width=6.5)
    for name, (features, colour) in kinds.items():
        values = [sensitivity(features, pieces, shift) for shift in shifts]
        at_one[name] = values[1]
        axis.plot(shifts, values, "o-", color=colour, label=name)
    axis.set(xlabel="shift in pixels", ylabel="sensitivity", ylim=(0, None), title="Edges of 24 pieces of the photo")
    axis.legend()
    values = ", ".join(f"{name} {value:.2f}" for name, value in at_one.items())
    style.described(fig, "Sensitivity against a shift of 0 to 6 pixels, one curve for each way of pooling. At 1 pixel: "
                    f"{values}.")
    print("\n".join(f"{name:14s} {value:.2f} at a shift of 1 pixel" for name, value in at_one.items()))


# local response normalization ----------------------------------------------------------------------------------------


def lrn_along_the_channels() -> None:
    """The text's example: the window at three of the five channels, and what comes out."""
    values, sums, results = [1, 2, 3, 2, 1], [5, 14, 17, 14, 5], [0.286, 0.25, 0.316, 0.25, 0.286]
    fig, axes = style.figure(4, width=12.4, height=2.9)
    for axis, channel in zip(axes[:3], (0, 2, 4), strict=True):
        first, last = max(channel - 1, 0), min(channel + 1, 4)
        colours = [PALE if first <= i <= last else GREY for i in range(5)]
        colours[channel] = BLUE
        axis.axvspan(first - 0.5, last + 0.5, color="#fbe9dc", zorder=0)
        _bars(axis, values, colours)
        terms = " + ".join(f"{value}²" for value in values[first : last + 1])
        cut = ", cut off" if last - first == 1 else ""
        axis.set_title(f"window of channel {channel}{cut}\n{terms} = {sums[channel]}")
    _bars(axes[3], results, [BLUE] * 5)
    axes[3].set_title("a / (1 + 0.5 x sum)\nat every channel")
    axes[0].set_ylabel("activation of one pixel")
    style.described(fig, "Four bar charts of five channels of one pixel. The activations are 1, 2, 3, 2, 1. A window "
                    "of 3 channels is marked at channel 0, where it is cut off and holds two, at channel 2, and at "
                    "channel 4, where it is cut off again; the sums of squares are 5, 17 and 5. The last chart has the "
                    "results, 0.286, 0.25, 0.316, 0.25, 0.286: nearly level.")


@style.needs("lrn")
def loud_channel(layer: Any) -> None:
    """Twelve channels of one pixel, one of them loud, before and after the layer with two values of alpha."""
    before = np.array([2, 2, 2, 2, 2, 12, 2, 2, 2, 2, 2, 2], dtype=float)
    layers = {"alpha 0.0001, as in AlexNet": 1e-4, "alpha 0.01": 1e-2}
    fig, axes = style.figure(2, width=9, height=2.9)
    said = []
    for axis, (title, alpha) in zip(axes, layers.items(), strict=True):
        after = layer(k=1.0, alpha=alpha).forward(before.reshape(1, 1, -1)).ravel()
        said.append(f"{title}: channel 5 {after[5]:.1f}, channel 4 {after[4]:.1f}, channel 0 {after[0]:.1f}")
        axis.bar(np.arange(12) - 0.2, before, 0.4, color=GREY, label="before")
        axis.bar(np.arange(12) + 0.2, after, 0.4, color=BLUE, label="after")
        axis.set(title=f"size 5, k 1, {title}", xlabel="channel", xticks=range(12))
    axes[0].set_ylabel("activation")
    axes[0].legend()
    style.described(fig, "Twelve activations of 2, but 12 in channel 5, before and after the layer. After it, with "
                    f"{'; with '.join(said)}.")


# batch normalization -------------------------------------------------------------------------------------------------


def who_is_normalised_together() -> None:
    """Which numbers of a batch count for one result, in local response and in batch normalization."""
    fig, axes = style.figure(2, width=10, height=3.3, bare=True)
    for axis, title in zip(axes, ("local response normalization", "batch normalization, in training"), strict=True):
        for image in range(3):
            for channel in range(4):
                colours = np.full((3, 3), "white", dtype=object)
                if axis is axes[1] and channel == 1:
                    colours[:] = PALE
                if axis is axes[0] and image == 0 and channel < 3:
                    colours[1, 2] = PALE
                if image == 0 and channel == 1:
                    colours[1, 2] = ORANGE
                for (row, column), colour in np.ndenumerate(colours):
                    axis.add_patch(Rectangle((5 * channel + column, 4 * image + row), 1, 1, facecolor=colour,
                                             edgecolor=GREY))
        for channel in range(4):
            axis.text(5 * channel + 1.5, -0.6, f"channel {channel}", ha="center", va="center", size=9)
        for image in range(3):
            axis.text(-0.5, 4 * image + 1.5, f"image {image}", ha="right", va="center", size=9)
        axis.set(title=title, xlim=(-4, 19), ylim=(11.5, -1.5), aspect="equal")
    style.described(fig, "Three images with four channels of 3x3 pixels, twice. For one pixel of channel 1 of the "
                    "first image, local response normalization reads the same pixel in the channels beside it; batch "
                    "normalization reads channel 1 whole, all nine pixels of all three images, and no other channel.")


@style.needs("batch-norm")
def batch_norm_at_work(layer_class: Any) -> None:
    """Three channels before and after the layer, and how the running mean finds the mean of the data."""
    rng, places, spreads = np.random.default_rng(4), np.array([4.0, -2.0, 0.5]), np.array([0.5, 2.0, 1.0])
    batches = [spreads * rng.standard_normal((16, 6, 6, 3)) + places for _ in range(40)]
    layer = layer_class(3)
    after = [layer.forward(batches[0], True)]
    means = [np.array(layer.running_mean)]
    for batch in batches[1:]:
        layer.forward(batch, True)
        means.append(np.array(layer.running_mean))
    fig, axes = style.figure(3, width=11.6, height=3)
    colours = (BLUE, ORANGE, GREEN)
    for axis, values, title in zip(axes, (batches[0], after[0]), ("before", "after, in training"), strict=False):
        for channel, colour in enumerate(colours):
            axis.hist(values[..., channel].ravel(), np.linspace(-8, 8, 49), color=colour, alpha=0.6,
                      label=f"channel {channel}")
        axis.set(title=title, xlabel="activation", yticks=[])
    axes[0].legend()
    for channel, colour in enumerate(colours):
        axes[2].plot(range(1, 41), np.array(means)[:, channel], color=colour)
        axes[2].axhline(places[channel], color=colour, linestyle=":")
    axes[2].set(title="running mean, and the true one (dotted)", xlabel="batches seen in training")
    said = ", ".join(f"{value:.2f}" for value in means[-1])
    style.described(fig, "Histograms of three channels: before the layer they lie around 4, -2 and 0.5 with different "
                    "widths; after it all three lie on top of each other around 0. Beside them the running means, "
                    f"which start near 0 and are {said} after 40 batches.")


# activations and dropout ---------------------------------------------------------------------------------------------


@style.needs("relu-softmax")
def softmax_of_larger_logits(softmax: Callable[..., Any]) -> None:
    """The softmax of the same logits, halved, as they are, and times four."""
    logits, factors = np.array([1.0, 2.0, 3.0, 2.5]), (0.5, 1, 4)
    shares = [softmax(factor * logits) for factor in factors]
    fig, axes = style.figure(3, width=9.6, height=2.6)
    for axis, factor, share in zip(axes, factors, shares, strict=True):
        axis.bar(range(4), share, color=BLUE)
        axis.set(title=f"softmax of {factor:g} x (1, 2, 3, 2.5)", ylim=(0, 1), xticks=range(4))
    axes[0].set_ylabel("probability")
    largest = ", ".join(f"{share[2]:.2f}" for share in shares)
    style.described(fig, "Three bar charts: the larger the factor, the more goes to the third logit, which is the "
                    f"largest: {largest}.")


@style.needs("dropout")
def dropout_masks(layer_class: Any) -> None:
    """Two calls of one layer, and the mean output against the rate, with the scaling and without."""
    layer, ones = layer_class(0.25, np.random.default_rng(7)), np.ones((12, 24))
    masks = [layer.forward(ones, training=True) for _ in range(2)]
    rates, many = np.linspace(0, 0.9, 10), np.ones(20_000)
    outputs = [layer_class(rate, np.random.default_rng(7)).forward(many, training=True) for rate in rates]
    fig, axes = style.figure(3, width=11, height=2.8)
    for axis, mask in zip(axes[:2], masks, strict=True):
        axis.imshow(mask, cmap="Blues", vmin=0, vmax=2, interpolation="nearest")
        axis.set(title="one call, rate 0.25: 0 or 1.33", xticks=[], yticks=[])
    axes[2].plot(rates, [output.mean() for output in outputs], "o-", color=BLUE, label="inverted dropout")
    axes[2].plot(rates, [(output > 0).mean() for output in outputs], "o-", color=ORANGE, label="without scaling")
    axes[2].set(title="mean output for inputs of 1", xlabel="rate", ylim=(0, 1.2))
    axes[2].legend()
    style.described(fig, "Two masks of 12x24: about a quarter of the places are 0, others in each call. Beside them "
                    f"the mean output against the rate. At rate 0.9 it is {outputs[-1].mean():.2f} with inverted "
                    f"dropout, {(outputs[-1] > 0).mean():.2f} without the scaling.")


# what it costs -------------------------------------------------------------------------------------------------------


@style.needs("max-pooling", "lrn", "batch-norm", "dense", "relu-softmax", "dropout")
def what_it_costs(
    max_pooling: Any, lrn: Any, batch_norm: Any, dense: Any, softmax: Callable[..., Any], dropout: Any
) -> None:
    """Parameters and milliseconds of each layer at the size at which AlexNet has it, for one image."""
    rng = np.random.default_rng(0)
    maps, features = rng.random((55, 55, 96), dtype=np.float32), rng.random(4096, dtype=np.float32)
    last, norm = dense(4096, 1000), batch_norm(96)
    layers: list[tuple[str, str, int, Callable[[], Any]]] = [
        ("max pooling, 3x3, stride 2", "27x27x96", 0, lambda: max_pooling(3, stride=2).forward(maps)),
        ("local response normalization", "55x55x96", 0, lambda: lrn().forward(maps)),
        ("batch normalization, in training", "55x55x96", norm.gamma.size + norm.beta.size,
         lambda: norm.forward(maps, True)),
        ("dropout, in training", "4096", 0, lambda: dropout(0.5, rng).forward(features, True)),
        ("dense, the last one", "1000", last.weights.size + last.biases.size, lambda: last.forward(features)),
        ("softmax", "1000", 0, lambda: softmax(features[:1000])),
    ]
    style.table(
        "Your layers where AlexNet has them, for one image", ("layer", "result", "parameters", "milliseconds"),
        [(name, size, count, f"{style.milliseconds(run):.2f}") for name, size, count, run in layers],
    )


# what several of them share ------------------------------------------------------------------------------------------


def _maxima(image: np.ndarray, size: int) -> np.ndarray:
    """The maxima of touching windows of a (height, width) image whose sides are multiples of `size`."""
    height, width = image.shape
    return image.reshape(height // size, size, width // size, size).max(axis=(1, 3))


def _frame(axis: Axes, row: int, column: int, size: int, colour: str, line: float = 2.5, corner: float = 0.5) -> None:
    """A square around `size` pixels of an image; `corner` is how far before a pixel's own place its corner lies."""
    axis.add_patch(Rectangle((column - corner, row - corner), size, size, fill=False, edgecolor=colour, linewidth=line,
                             clip_on=False))


def _numbers(axis: Axes, pixels: np.ndarray, title: str) -> None:
    """An image of bytes with its numbers written on it."""
    style.show(axis, pixels, title, vmin=0, vmax=255)
    for (row, column), value in np.ndenumerate(pixels):
        axis.text(column, row, value, ha="center", va="center", size=8, color="black" if value > 110 else "white")


def _coloured(axis: Axes, values: np.ndarray, colours: Any) -> None:
    """A small array as coloured squares, its numbers large."""
    style.cells(axis, values, colours, size=13)


def _bars(axis: Axes, heights: Iterable[float], colours: list[str]) -> None:
    """One bar for each channel, with its number on it."""
    bars = axis.bar(range(len(colours)), heights, color=colours, zorder=2)
    axis.bar_label(bars, size=9)
    axis.set(xlabel="channel", xticks=range(len(colours)), yticks=[])
    axis.margins(y=0.2)
