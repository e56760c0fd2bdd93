"""The pictures of assignment 01."""

from __future__ import annotations

import time
from functools import partial

import numpy as np
from matplotlib import colormaps
from matplotlib.cbook import get_sample_data
from matplotlib.image import imread
from matplotlib.patches import Rectangle

from ..style import BLUE, GREY, INK, ORANGE, PALE, cells, described, figure, milliseconds, needs, show, sliders, table


def weights_of_one_neuron():
    """Weights of one dense neuron and of one 5x5 neuron, for colour images of growing size."""
    sides = np.arange(16, 257, 16)
    fig, axis = figure(width=5.6, height=2.8)
    axis.plot(sides, sides * sides * 3, color=ORANGE)
    axis.plot(sides, np.full_like(sides, 5 * 5 * 3), color=BLUE)
    axis.text(256, 256 * 256 * 3, " dense neuron", color=ORANGE, va="center")
    axis.text(256, 75, " 5x5 neuron: 75", color=BLUE, va="center")
    axis.set(yscale="log", xlabel="side of the image (pixels)", title="weights of one neuron", xlim=(16, 256))
    described(
        fig,
        "Weights of one neuron against the side of the image, on a logarithmic scale: those of a dense neuron rise "
        "from 768 at 16 pixels to 196,608 at 256, those of a 5x5 neuron stay at 75.",
    )


# windows and padding ----------------------------------------------------------------------------------------------


def _windows(axis, size=7, kernel=3, stride=2, padding=0, dilation=1):
    """A row of pixels, and below it one row for each window with its taps; pixels that no window reads are orange."""
    first, last = -padding, size + padding
    starts = [s for s in range(first, last, stride) if s + dilation * (kernel - 1) < last]
    taps = [[s + dilation * t for t in range(kernel)] for s in starts]
    read = {pixel for window in taps for pixel in window}
    for pixel in range(first, last):
        real = 0 <= pixel < size
        face = PALE if real and pixel in read else ORANGE if real else "white"
        axis.add_patch(Rectangle((pixel, 0), 1, 1, facecolor=face, edgecolor=GREY, linestyle="-" if real else ":"))
        axis.text(pixel + 0.5, 0.5, pixel if real else 0, ha="center", va="center", size=9, color=INK if real else GREY)
    for row, window in enumerate(taps):
        y = 1.3 + 0.8 * row
        axis.plot([window[0] + 0.5, window[-1] + 0.5], [y + 0.3, y + 0.3], color=BLUE, linewidth=1)
        for pixel in window:
            axis.add_patch(Rectangle((pixel + 0.1, y), 0.8, 0.6, facecolor=BLUE))
    options = f"kernel {kernel}, stride {stride}, padding {padding}, dilation {dilation}"
    axis.set_title(f"{options}: {len(starts)} windows", size=9)
    axis.set(xlim=(first - 0.2, last + 0.2), ylim=(max(4.5, 1.5 + 0.8 * len(taps)), -0.2), aspect="equal")


def windows():
    """Windows on a row of pixels, with a stride, with padding, with a pixel left over, and dilated."""
    pairs = {
        "Left, 7 pixels and kernel 3 with stride 2: 3 windows, from pixels 0, 2 and 4 on. Right, with stride 1 and a "
        "zero on each side: 7 windows.": [{}, {"stride": 1, "padding": 1}],
        "Left, 8 pixels and kernel 3 with stride 2: 3 windows, and none of them reads the last pixel. Right, 7 pixels "
        "with dilation 2: 3 windows, whose taps lie two pixels apart.": [{"size": 8}, {"stride": 1, "dilation": 2}],
    }
    for description, pair in pairs.items():
        fig, axes = figure(2, width=8.4, height=2.9, bare=True)
        for axis, options in zip(axes, pair, strict=True):
            _windows(axis, **options)
        described(fig, description)


def windows_to_try():
    """Sliders for the size of the row, the kernel, the stride, the padding and the dilation."""

    def draw(size=7, kernel=3, stride=2, padding=0, dilation=1):
        fig, axis = figure(width=6, height=3, bare=True)
        _windows(axis, size, kernel, stride, padding, dilation)
        described(fig, f"{size} pixels, {axis.get_title()}.")

    sliders(draw, size=(1, 14), kernel=(1, 5), stride=(1, 4), padding=(0, 3), dilation=(1, 3))


def _how_often_read(kernel, before, after, size=7):
    """For each pixel of a square image, in how many windows it lies."""
    counts = np.zeros((size + before + after,) * 2, int)
    for row, column in np.ndindex(*(n - kernel + 1 for n in counts.shape)):
        counts[row : row + kernel, column : column + kernel] += 1
    return counts


def how_often_pixels_are_read():
    """In how many windows each pixel of a small image lies, for three kinds of border."""
    kinds = [
        ("valid, 3x3: the map is 5x5", 3, 0, 0),
        ("same, 3x3: the map is 7x7", 3, 1, 1),
        ("same, 2x2: zeros after the image only", 2, 0, 1),
    ]
    fig, axes = figure(3, width=9.4, height=3, bare=True)
    for axis, (title, kernel, before, after) in zip(axes, kinds, strict=True):
        counts = _how_often_read(kernel, before, after)
        inside = slice(before, before + 7)
        colours = [["white"] * len(counts) for _ in counts]
        most = counts[inside, inside].max()
        for row in range(before, before + 7):
            for column in range(before, before + 7):
                colours[row][column] = colormaps["Blues"](0.08 + 0.5 * counts[row, column] / most)
        shown = np.full(counts.shape, "0", dtype=object)
        shown[inside, inside] = counts[inside, inside]
        cells(axis, shown, colours, size=8)
        axis.set_title(title, size=9)
    described(
        fig,
        "Images of 7x7 pixels, each pixel with the number of windows that read it. Valid, 3x3: 1 in the corners, 9 in "
        "the middle. Same, 3x3, with zeros all around: 4 in the corners, 9 inside. Same, 2x2, with zeros below and to "
        "the right: 1 in the first corner, 2 in the rest of the first row and column, 4 elsewhere.",
    )


# the layer --------------------------------------------------------------------------------------------------------

_PICTURE = np.array([[1, 2, 0, 1, 3], [0, 1, 3, 1, 0], [4, 2, 0, 2, 1], [1, 0, 1, 3, 2], [2, 1, 0, 0, 1]])
_EDGES = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])


def filter_at_work():
    """A window on an image, the kernel, and the result as far as it is known; a slider moves the window on."""

    def draw(step=0):
        row, column = divmod(step, 3)
        fig, (image_axis, kernel_axis, result_axis) = figure(3, width=8, height=2.6, bare=True)
        window = {(row + r, column + c) for r in range(3) for c in range(3)}
        colours = [[PALE if (r, c) in window else "white" for c in range(5)] for r in range(5)]
        cells(image_axis, _PICTURE, colours)
        cells(kernel_axis, _EDGES, [[PALE] * 3] * 3)
        sums = [(_PICTURE[r : r + 3, c : c + 3] * _EDGES).sum() for r in range(3) for c in range(3)]
        known = np.array([sums[i] if i <= step else "" for i in range(9)], dtype=object).reshape(3, 3)
        places = [[BLUE if (r, c) == (row, column) else "white" for c in range(3)] for r in range(3)]
        cells(result_axis, known, places)
        for axis, title in ((image_axis, "image 5x5"), (kernel_axis, "kernel 3x3"), (result_axis, "result 3x3")):
            axis.set_title(title)
        described(
            fig,
            f"The window in row {row + 1}, column {column + 1} of its 3x3 places on the image, the kernel, and the "
            f"result: the number of this place is {sums[step]}.",
        )

    draw(4)
    sliders(draw, step=(0, 8))


@needs("conv2d")
def filters_on_a_photograph(Conv2D):
    """A photograph, and the maps that a layer `Conv2D` makes of it with three kernels designed by hand."""
    photo = imread(get_sample_data("grace_hopper.jpg", asfileobj=False))[::4, ::4].mean(axis=2, keepdims=True)
    kernels = {"upright edges": 1.0 * _EDGES, "level edges": 1.0 * _EDGES.T, "blur": np.full((3, 3), 1 / 9)}
    layer = Conv2D(len(kernels), 3)
    layer.kernels = np.stack(list(kernels.values()))[..., np.newaxis]
    maps = layer.forward(photo)
    fig, axes = figure(4, width=10, height=3.4, bare=True)
    pictures = {"photograph": photo[..., 0], **dict(zip(kernels, np.moveaxis(maps, 2, 0), strict=True))}
    for axis, (title, picture) in zip(axes, pictures.items(), strict=True):
        spread = max(np.abs(picture).max(), 1e-9)
        lowest = -spread if "edges" in title else 0
        show(axis, picture, f"{title}, {picture.shape[0]}x{picture.shape[1]}", vmin=lowest, vmax=spread)
    described(
        fig,
        "A portrait photograph and three maps of it: one is bright or dark where the grey changes from left to right, "
        "one where it changes from top to bottom, and one is the photograph blurred.",
    )


# the matrix product -----------------------------------------------------------------------------------------------


def from_window_to_column():
    """A 3x3 image, its four 2x2 windows, and the matrix whose columns they are."""
    image = np.arange(1, 10).reshape(3, 3)
    fig, (image_axis, matrix_axis) = figure(2, width=6.4, height=2.4, bare=True)
    cells(image_axis, image, [[PALE if r < 2 and c > 0 else "white" for c in range(3)] for r in range(3)])
    windows_ = [[1, 2, 4, 5], [2, 3, 5, 6], [4, 5, 7, 8], [5, 6, 8, 9]]
    cells(matrix_axis, np.transpose(windows_), [[PALE if c == 1 else "white" for c in range(4)] for _ in range(4)])
    image_axis.set_title("image 3x3, second window of 2x2")
    matrix_axis.set_title("its im2col: the window is a column")
    described(
        fig,
        "A 3x3 image with the numbers 1 to 9, its second window marked: 2, 3, 5, 6. Beside it the im2col matrix with "
        "the columns 1 2 4 5, 2 3 5 6 (marked), 4 5 7 8 and 5 6 8 9.",
    )


@needs("conv2d", "im2col")
def loops_against_matrix(Conv2D, im2col, conv2d_im2col):
    """The time of both convolutions on AlexNet's first layer: the loops on 3 of 55 rows, the product on all of it."""
    rng = np.random.default_rng(0)
    image = rng.random((227, 227, 3), dtype=np.float32)
    kernels = rng.standard_normal((96, 11, 11, 3)).astype(np.float32)
    layer = Conv2D(96, 11, stride=4)
    layer.kernels = kernels
    start = time.perf_counter()
    some_rows = layer.forward(image[: 11 + 2 * 4])
    loops = 1e3 * (time.perf_counter() - start) * 55 / 3
    result = conv2d_im2col(image, kernels, stride=4)
    product = milliseconds(lambda: conv2d_im2col(image, kernels, stride=4), times=5)
    print(f"matrices {kernels.reshape(96, -1).shape} and {im2col(image, 11, 4).shape}, result {result.shape}")
    print(f"largest difference between both: {np.abs(result[:3] - some_rows).max():.1e}")
    print(f"loops {loops:.0f} ms, matrix {product:.1f} ms, {loops / product:.0f} times faster")
    fig, axis = figure(width=6, height=1.5)
    axis.barh(["matrix product", "loops"], [product, loops], color=[BLUE, ORANGE])
    axis.set(xscale="log", xlabel="milliseconds (logarithmic)")
    described(
        fig,
        f"Two bars on a logarithmic scale: {loops:.0f} ms for the loops, {product:.1f} ms for the product.",
    )


# gradients --------------------------------------------------------------------------------------------------------

_FOUR = ((BLUE, ORANGE), (PALE, GREY))  # a colour for each pixel of a window and the weight that it meets


def meeting_and_way_back():
    """The text's example with one window: which pixel meets which weight, and what each gets in the backward pass."""
    pixels, weights, g = np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]]), 10
    parts = {
        "image": (pixels, _FOUR), "kernel": (weights, _FOUR), "result": ([[(pixels * weights).sum()]], None),
        "gradient\nof the result": ([[g]], None), "grad_x:\n10 x the weight met": (g * weights, _FOUR),
        "grad_kernels:\n10 x the pixel met": (g * pixels, _FOUR), "grad_bias": ([[g]], None),
    }
    fig, axes = figure(7, width=11.5, height=2.3, bare=True)
    for axis, (title, (values, colours)) in zip(axes, parts.items(), strict=True):
        cells(axis, values, colours, size=12)
        _in_the_middle(axis, values, 2)
        axis.set_title(title, size=9)
    for axis, sign in zip(axes, ("x", "=", "", "", "", "", ""), strict=True):
        axis.text(2.35, 1, sign, ha="center", va="center", size=14, clip_on=False)
    described(
        fig,
        "Forward: the pixels 1, 2, 3 and 4 meet the weights 5, 6, 7 and 8, each pair in a colour of its own, and the "
        f"result is {(pixels * weights).sum()}. Backward: with a gradient of 10, the pixels' places get 50, 60, 70 and "
        "80, ten times the weight of their colour, the weights' places get 10, 20, 30 and 40, ten times the pixel of "
        "their colour, and the bias gets 10.",
    )


_X, _W, _G = np.arange(1, 10).reshape(3, 3), np.array([[1, 2], [3, 4]]), np.array([[2, 1], [1, 3]])
_PLACES = [(0, 0), (0, 1), (1, 0), (1, 1)]


def gradients_add_up():
    """Four windows on a 3x3 image: what each adds to grad_x and to grad_kernels; a slider adds one after the other."""

    def draw(windows=4):
        fig, axes = figure(6, rows=2, width=10.5, height=3.9, bare=True)
        grad_x, grad_kernels = np.zeros((3, 3), int), np.zeros((2, 2), int)
        cells(axes[0, 0], _X, [[PALE] * 3] * 3)
        cells(axes[1, 0], _W, [[PALE] * 2] * 2)
        for number, (row, column) in enumerate(_PLACES, 1):
            g, window = _G[row, column], (slice(row, row + 2), slice(column, column + 2))
            there = number <= windows
            added = np.full((3, 3), "", dtype=object)
            colours = [[PALE if r - row in (0, 1) and c - column in (0, 1) else "white" for c in range(3)]
                       for r in range(3)]
            if there:
                added[window] = g * _W
                grad_x[window] += g * _W
                grad_kernels += g * _X[window]
            cells(axes[0, number], added, colours)
            cells(axes[1, number], g * _X[window] if there else np.full((2, 2), "", dtype=object))
            axes[0, number].set_title(f"window {number}, g = {g}\nadds {g} x kernel", size=9)
            axes[1, number].set_title(f"adds {g} x its pixels", size=9)
        cells(axes[0, 5], grad_x, [[BLUE] * 3] * 3)
        cells(axes[1, 5], grad_kernels, [[BLUE] * 2] * 2)
        for axis, title in zip(axes[:, [0, 5]].ravel(), ("image", "grad_x", "kernel", "grad_kernels"), strict=True):
            axis.set_title(title, size=9)
        for axis in axes[1]:
            _in_the_middle(axis, _W, 3)
        described(
            fig,
            f"A 3x3 image with the numbers 1 to 9, a kernel of 1, 2, 3, 4, and gradients 2, 1, 1, 3 of the four "
            f"results. After {windows} of the four windows grad_x has the rows {_rows(grad_x)}, and grad_kernels "
            f"{_rows(grad_kernels)}. The pixel in the middle lies in all four windows.",
        )

    draw()
    sliders(draw, windows=(0, 4))


def the_full_convolution():
    """The same grad_x as a convolution of the padded gradient with the kernel turned by 180 degrees."""
    padded, turned = np.pad(_G, 1), _W[::-1, ::-1]
    result = np.array([[(padded[r : r + 2, c : c + 2] * turned).sum() for c in range(3)] for r in range(3)])
    shown = [[PALE if r in (1, 2) and c in (1, 2) else "white" for c in range(4)] for r in range(4)]
    place = [[BLUE if (r, c) == (1, 1) else "white" for c in range(3)] for r in range(3)]
    parts = {
        "gradient of the result,\na frame of zeros around it": (padded, shown),
        "the kernel, turned\nby 180 degrees": (turned, [[PALE] * 2] * 2), "grad_x": (result, place),
    }
    fig, axes = figure(3, width=7.5, height=2.6, bare=True)
    for axis, (title, (values, colours)) in zip(axes, parts.items(), strict=True):
        cells(axis, values, colours)
        _in_the_middle(axis, values, 4)
        axis.set_title(title, size=9)
    described(
        fig,
        f"The gradients 2, 1, 1, 3 with zeros around them, 4x4; the kernel turned to 4, 3, 2, 1; and grad_x with the "
        f"rows {_rows(result)}. The marked window in the middle gives {result[1, 1]}.",
    )


def _in_the_middle(axis, values, side):
    """Puts a small array into the middle of `side` x `side` squares, so that those of all axes are of one size."""
    edge = (side - len(values)) / 2 + 0.1
    axis.set(xlim=(-edge, len(values) + edge), ylim=(len(values) + edge, -edge))


def _rows(values):
    """A small array in words, row by row."""
    return " / ".join(" ".join(map(str, row)) for row in values)


@needs("im2col", "conv2d-backward")
def gradient_check(conv2d_im2col, conv2d_backward):
    """Every gradient of a small layer against the slope of the loss, measured by moving one number a little."""
    rng = np.random.default_rng(1)
    x, kernels, bias = rng.standard_normal((5, 5, 2)), rng.standard_normal((2, 3, 3, 2)), rng.standard_normal(2)
    weights_of_loss = rng.standard_normal((3, 3, 2))

    def loss():
        return (conv2d_im2col(x, kernels, bias, stride=2, padding="same") * weights_of_loss).sum()

    gradients = conv2d_backward(weights_of_loss, x, kernels, stride=2, padding="same")
    fig, axes = figure(3, width=9, height=2.8)
    for axis, name, values, gradient in zip(axes, ("x", "kernels", "bias"), (x, kernels, bias), gradients, strict=True):
        slopes = np.zeros_like(values)
        for place in np.ndindex(values.shape):
            here, before = values[place], loss()
            values[place] = here + 1e-6
            slopes[place] = (loss() - before) / 1e-6
            values[place] = here
        axis.plot([slopes.min(), slopes.max()], [slopes.min(), slopes.max()], color=GREY)
        axis.scatter(slopes.ravel(), np.ravel(gradient), s=12, color=BLUE)
        axis.set(title=f"grad_{name}", xlabel="measured slope")
        print(f"grad_{name}: largest difference from the measured slope {np.abs(slopes - gradient).max():.1e}")
    described(
        fig,
        "Three plots, for x, kernels and bias: each computed gradient against the slope that was measured. Where both "
        "agree, the points lie on the grey diagonal.",
    )


# dilation and receptive fields ------------------------------------------------------------------------------------


def dilations():
    """The nine taps of a 3x3 kernel and the window they span, for three dilations."""
    fig, axes = figure(3, width=8.4, height=2.8, bare=True)
    for axis, dilation in zip(axes, (1, 2, 3), strict=True):
        taps = {(3 + dilation * r, 3 + dilation * c) for r in (-1, 0, 1) for c in (-1, 0, 1)}
        colours = [
            [
                BLUE if (r, c) in taps else PALE if max(abs(r - 3), abs(c - 3)) <= dilation else "white"
                for c in range(7)
            ]
            for r in range(7)
        ]
        cells(axis, np.full((7, 7), "", dtype=object), colours)
        axis.set_title(f"dilation {dilation}: {2 * dilation + 1}x{2 * dilation + 1} pixels, 9 weights")
    described(
        fig,
        "Nine taps on 7x7 pixels: with dilation 1 they lie side by side and cover 3x3 pixels, with dilation 2 there "
        "is a pixel between neighbours and they reach over 5x5, with dilation 3 there are two and they reach over "
        "7x7.",
    )


def _pyramid(axis, reach, title):
    """Pixels at the bottom, maps above; blue is all that the number at the top depends on."""
    seen = [0]
    for level in range(len(reach), -1, -1):
        axis.scatter(range(-7, 8), [level] * 15, s=14, color=GREY, zorder=2)
        axis.scatter(seen, [level] * len(seen), s=46, color=BLUE, zorder=3)
        if level:
            below = sorted({x + d for x in seen for d in reach[level - 1]})
            for x in seen:
                for d in reach[level - 1]:
                    axis.plot([x, x + d], [level, level - 1], color=BLUE, linewidth=0.8, zorder=1)
            seen = below
    axis.set(title=title, xlim=(-7.5, 7.5), ylim=(-0.4, len(reach) + 0.4))


def receptive_fields():
    """All pixels that one number depends on, for two and three layers, with and without strides."""
    fig, axes = figure(3, width=10, height=2.6, bare=True)
    _pyramid(axes[0], [(-1, 0, 1)] * 2, "two 3-wide layers see 5 pixels")
    _pyramid(axes[1], [(-1, 0, 1), (-2, 0, 2)], "the first with stride 2: 7 pixels")
    _pyramid(axes[2], [(-1, 0, 1), (-2, 0, 2), (-4, 0, 4)], "three with strides 2, 2, 1: 15 pixels")
    described(
        fig,
        "Layers above a row of pixels, with lines from one number at the top down to all that it depends on. Two "
        "3-wide layers: 5 pixels. The same with stride 2 in the first: 7. Three layers with strides 2, 2, 1: 15.",
    )


@needs("receptive-field")
def growing_fields(receptive_field):
    """How the field grows with ten layers of 3x3: plain ones, with strides, and with dilations."""
    stacks = {
        "plain": [(3, 1, 1)] * 10,
        "strides": [(3, 2 if i % 3 == 2 else 1, 1) for i in range(10)],
        "dilations": [(3, 1, 2 ** (i % 4)) for i in range(10)],
    }
    fig, axis = figure(width=6, height=2.8)
    last = {}
    for (name, layers), colour in zip(stacks.items(), (GREY, ORANGE, BLUE), strict=True):
        fields = [receptive_field(layers[:depth]) for depth in range(11)]
        axis.plot(range(11), fields, marker="o", markersize=3, color=colour)
        last[name] = fields[-1]
        axis.text(10, fields[-1], f"  {name}: {fields[-1]}", va="center", color=INK)
    axis.set(xlabel="layers", title="receptive field (pixels)")
    after_ten = ", ".join(f"{name} {field}" for name, field in last.items())
    described(
        fig,
        f"The receptive field against the number of layers, one curve for each stack. After ten layers: {after_ten}.",
    )


# what it costs ----------------------------------------------------------------------------------------------------

# side and channels of what comes in, then filters, kernel, stride and padding: AlexNet's convolutions
_ALEXNET = (
    (227, 3, 96, 11, 4, "valid"), (27, 96, 256, 5, 1, "same"), (13, 256, 384, 3, 1, "same"),
    (13, 384, 384, 3, 1, "same"), (13, 384, 256, 3, 1, "same"),
)


@needs("output-size", "same-padding", "im2col")
def what_it_costs(output_size, same_padding, conv2d_im2col):
    """Parameters, multiply-adds and milliseconds of AlexNet's five convolutions, with the answers of this notebook."""
    rng, rows = np.random.default_rng(0), []
    for number, (side, channels, filters, kernel, stride, padding) in enumerate(_ALEXNET, 1):
        image = rng.random((side, side, channels), dtype=np.float32)
        kernels = rng.standard_normal((filters, kernel, kernel, channels), dtype=np.float32)
        zeros = sum(same_padding(side, kernel, stride)) if padding == "same" else 0
        out = output_size(side + zeros, kernel, stride)
        convolve = partial(conv2d_im2col, image, kernels, stride=stride, padding=padding)
        counts = kernels.size + filters, kernels.size * out * out
        rows.append((f"conv{number}", f"{out}x{out}x{filters}", *counts, milliseconds(convolve)))
    total = ("all", "", *(sum(row[column] for row in rows) for column in (2, 3, 4)))
    table(
        "AlexNet's convolutions, one image, with your code",
        ("layer", "result", "parameters", "multiply-adds", "milliseconds"),
        [(*row[:4], f"{row[4]:.1f}") for row in [*rows, total]],
    )
