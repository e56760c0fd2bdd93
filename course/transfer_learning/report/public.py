"""Public checks of report: what the figures show, read from their lines and texts."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.checks.api import CheckFailure, Student, expect, in_kernel, misconceptions

SERIES = ("loss", "accuracy", "val_loss", "val_accuracy")


def test_learning_curves(student, rng):
    """Loss and accuracy are drawn over the epochs, for training and validation, and named."""
    expect_curves(student, rng)
    expect_curves_labelled(student, rng)


def test_transfer_curves(student, rng):
    """The means of both ways are drawn over the numbers of labelled images, with their spread, and named."""
    expect_means(student, rng)
    expect_spread(student, rng)
    expect_ways_labelled(student, rng)


def axes_of(seen: Any) -> list[dict[str, Any]]:
    """The axes of a figure that have lines; every field is looked through."""
    expect(seen is not None, "", diagnosis=misconceptions.REPORT["no-figure-returned"])
    if not isinstance(seen, list) or any(not isinstance(axis, dict) for axis in seen):
        raise CheckFailure("A matplotlib Figure is right here; something else came.")
    for axis in seen:
        lines = axis.get("lines")
        known = isinstance(lines, list) and all(isinstance(axis.get(part), str) for part in ("x", "y", "title"))
        drawn = axis.get("drawn")
        known = known and isinstance(axis.get("legend"), list) and isinstance(drawn, np.ndarray) and drawn.ndim == 2
        if not known:
            raise CheckFailure("What came back from your notebook is not what this check reads there.")
        for line in lines:
            if not isinstance(line.get("x"), np.ndarray) or not isinstance(line.get("y"), np.ndarray):
                raise CheckFailure("What came back from your notebook is not what this check reads there.")
    return [axis for axis in seen if axis["lines"]]


def shows(lines: list[dict[str, Any]], values: Any) -> dict[str, Any] | None:
    """The line with these values, as shares or as percent."""
    values = np.asarray(values, float)
    for line in lines:
        y = line["y"]
        if y.shape == values.shape and any(np.allclose(y, values * scale) for scale in (1, 100)):
            return line
    return None


# --- learning curves -------------------------------------------------------------------------------------------------


def history_of(rng: np.random.Generator) -> dict[str, list[float]]:
    """A history of some epochs in which no two numbers are alike."""
    epochs = int(rng.integers(5, 12))
    return {name: [float(value) for value in rng.uniform(0.05, 0.95, epochs)] for name in SERIES}


def learning_axes(student: Student, history: dict[str, list[float]]) -> list[dict[str, Any]]:
    kernel = in_kernel(student, run_learning_curves, look_at)
    return axes_of(kernel.run_learning_curves(student.learning_curves, history))


def expect_curves(student: Student, rng: np.random.Generator) -> None:
    """Passes when all four series are drawn over the epochs."""
    known, history = misconceptions.REPORT, history_of(rng)
    lines = [line for axis in learning_axes(student, history) for line in axis["lines"]]
    there = {name: shows(lines, values) for name, values in history.items()}
    training, validation = there["loss"] or there["accuracy"], there["val_loss"] or there["val_accuracy"]
    expect(validation is not None or training is None, "", diagnosis=known["no-validation-curve"])
    expect(training is not None or validation is None, "", diagnosis=known["no-training-curve"])
    both_losses = there["loss"] is not None and there["val_loss"] is not None
    both_accuracies = there["accuracy"] is not None and there["val_accuracy"] is not None
    expect(both_losses or not both_accuracies, "", diagnosis=known["no-loss-curve"])
    epochs = len(history["loss"])
    for name, line in there.items():
        if line is None:
            raise CheckFailure(f"No line shows history[{name!r}].")
        steps = np.diff(line["x"])
        expect(len(steps) == epochs - 1 and np.allclose(steps, 1), "The curves are not drawn epoch by epoch.")


def expect_curves_labelled(student: Student, rng: np.random.Generator) -> None:
    """Passes when axes have names and a legend says which line is which."""
    history, known = history_of(rng), misconceptions.REPORT
    axes = learning_axes(student, history)
    expect(len(axes) > 0, "The figure has no lines.")
    for axis in axes:
        expect(bool(axis["x"]), "", diagnosis=known["axes-without-names"])
        legend = [str(text) for text in axis["legend"]]
        several = len(axis["lines"]) > 1
        expect(not several or len(set(legend)) >= 2, "", diagnosis=known["no-legend"])
    for part, other in (("loss", "accuracy"), ("accuracy", "loss")):
        where = [axis for axis in axes if shows(axis["lines"], history[part])]
        expect(len(where) > 0, f"No line shows history[{part!r}].")
        said = " ".join([where[0]["y"], where[0]["title"], *map(str, where[0]["legend"])]).lower()
        expect(part in said or other not in said, "The axes of loss and accuracy have each other's names.")
        turned = part in where[0]["x"].lower() and "epoch" in where[0]["y"].lower()
        expect(not turned, "The names stand at the wrong axes: the epochs go along the bottom.")
        expect(part in said, "", diagnosis=known["axes-without-names"])
        training, validation = (shows(where[0]["lines"], history[prefix + part]) for prefix in ("", "val_"))
        if training is not None and validation is not None:
            own, others = training["label"].lower(), validation["label"].lower()
            expect("val" not in own or "train" not in others, "", diagnosis=known["curves-exchanged"])


# --- transfer and from scratch ---------------------------------------------------------------------------------------


def runs_of(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers of labelled images, and accuracies of both ways over some seeds, which differ more at every second one.
    """
    counts, widths = np.cumsum(rng.integers(3, 20, 4)), np.array([0.01, 0.08, 0.02, 0.1])[:, None]
    seeds = np.tile([-0.5, -0.2, 0.1, 0.2, 0.6], (4, 1))
    transfer, scratch = rng.uniform(0.8, 0.9, (4, 1)), rng.uniform(0.3, 0.5, (4, 1))
    drawn = (rng.permuted(seeds, axis=1) for _ in range(2))  # of each number of images another seed is the best
    return counts, transfer + widths * next(drawn), scratch + widths * next(drawn)


def transfer_axes(student: Student, *runs: np.ndarray) -> list[dict[str, Any]]:
    kernel = in_kernel(student, run_transfer_curves, look_at)
    return axes_of(kernel.run_transfer_curves(student.transfer_curves, *runs))


def expect_means(student: Student, rng: np.random.Generator) -> None:
    """Passes when the means of both ways stand over the counts, in one plot."""
    known = misconceptions.REPORT
    counts, *ways = runs_of(rng)
    axes = transfer_axes(student, counts, *ways)
    lines = [line for axis in axes for line in axis["lines"]]
    means = [shows(lines, way.mean(axis=1)) for way in ways]
    first = any(shows(lines, way[:, 0]) for way in ways)
    best = any(shows(lines, way.max(axis=1)) for way in ways)
    expect(not (first and None in means), "", diagnosis=known["one-seed-only"])
    expect(not (best and None in means), "", diagnosis=known["best-of-the-seeds"])
    expect(means[0] is not None or means[1] is not None, "No line shows the means over the seeds.")
    expect(None not in means, "Transfer and from scratch are both to be drawn.")
    one = any(all(shows(axis["lines"], way.mean(axis=1)) for way in ways) for axis in axes)
    expect(one, "Draw both ways in one plot.")
    places = [line["x"] for line in means if line is not None]
    expect(not all(np.allclose(np.diff(x), 1) for x in places), "", diagnosis=known["places-not-counts"])
    expect(all(np.allclose(x, counts) for x in places), "The curves do not stand over the counts.")


def expect_spread(student: Student, rng: np.random.Generator) -> None:
    """Passes when what is drawn shows how far the seeds lie apart, more where they do."""
    known = misconceptions.REPORT
    counts, *ways = runs_of(rng)
    axes = transfer_axes(student, counts, *ways)
    expect(len(axes) > 0, "The figure has no lines.")
    lines = [np.column_stack([line["x"], line["y"]]) for axis in axes for line in axis["lines"]]
    drawn = np.concatenate([*lines, *(axis["drawn"] for axis in axes)])
    scale = 100 if np.nanmax(drawn[:, 1]) > 2 else 1
    for way in ways:
        low, high = scale * (way.min() - 0.1), scale * (way.max() + 0.1)
        heights = []
        for count in counts:
            here = drawn[np.isclose(drawn[:, 0], count) & (drawn[:, 1] > low) & (drawn[:, 1] < high), 1]
            expect(len(here) > 0, "Transfer and from scratch are both to be drawn.")
            heights.append(np.ptp(here))
        expect(max(heights) > 0, "", diagnosis=known["no-spread"])
        expect(min(heights[1], heights[3]) > 1.5 * max(heights[0], heights[2]), "", diagnosis=known["constant-spread"])


def expect_ways_labelled(student: Student, rng: np.random.Generator) -> None:
    """Passes when the axes have names, and the legend names the right line "transfer" and the other "scratch"."""
    known = misconceptions.REPORT
    counts, *ways = runs_of(rng)
    axes = transfer_axes(student, counts, *ways)
    expect(len(axes) > 0, "The figure has no lines.")
    for axis in axes:
        expect(bool(axis["x"]) and bool(axis["y"]), "", diagnosis=known["axes-without-names"])
        turned = "accuracy" in axis["x"].lower() and "accuracy" not in axis["y"].lower()
        expect(not turned, "The names stand at the wrong axes: the numbers of labelled images go along the bottom.")
        said = " ".join(str(text) for text in axis["legend"]).lower()
        expect(bool(said), "", diagnosis=known["no-legend"])
        expect("transfer" in said and "scratch" in said, "The legend should name transfer and from scratch.")
        for line in axis["lines"]:
            label = line["label"].lower()
            if "transfer" in label and line["y"].shape == counts.shape:
                low = np.allclose(line["y"], ways[1].mean(axis=1))
                expect(not low, "", diagnosis=known["names-exchanged"])


# Types are left out below: the source runs in the student's kernel, where nothing of this package need exist.


def run_learning_curves(learning_curves, history):
    """What the figure of `learning_curves` shows (see `look_at`)."""
    return look_at(learning_curves(history))


def run_transfer_curves(transfer_curves, counts, transfer, scratch):
    """What the figure of `transfer_curves` shows (see `look_at`)."""
    return look_at(transfer_curves(counts, transfer, scratch))


def look_at(figure):
    """What a figure shows: for each axes its lines (x, y, and the name that the legend has for it), its texts, and the
    points (x, y) of areas, bars and clouds. A name of the x axis below counts for the axes above it, too.
    """
    import numpy

    if not hasattr(figure, "get_axes"):
        return None

    def numbers(values):
        return numpy.asarray(values, float).reshape(-1)

    def common(name):
        """A name that the whole figure has; only newer versions of matplotlib tell."""
        return str(getattr(figure, "get_" + name, str)())

    def name_of_x(axis):
        own = axis.get_position()
        below = [
            other for other in figure.get_axes() if other.get_position().y0 < own.y0
            and abs(other.get_position().x0 - own.x0) < 0.05 and abs(other.get_position().x1 - own.x1) < 0.05
        ]
        return axis.get_xlabel() or next((one.get_xlabel() for one in below if one.get_xlabel()), common("supxlabel"))

    def points(collection):
        if len(collection.get_offsets()) > 1:
            return [numpy.asarray(collection.get_offsets(), float)]
        return [path.vertices for path in collection.get_paths() if len(path.vertices)]

    axes = []
    for axis in figure.get_axes():
        legend = axis.get_legend() or (figure.legends[0] if figure.legends else None)
        texts = [text.get_text() for text in legend.get_texts()] if legend else []
        drawn, lines = axis.get_lines(), []
        for number, line in enumerate(drawn):
            try:
                x, y = numbers(line.get_xdata()), numbers(line.get_ydata())
            except (TypeError, ValueError):
                continue
            label = str(line.get_label())
            if label.startswith("_") and len(texts) == len(drawn):  # named by `legend(["...", "..."])`
                label = texts[number]
            lines.append({"x": x, "y": y, "label": label})
        others = [part for collection in axis.collections for part in points(collection)]
        axes.append({
            "lines": lines, "x": str(name_of_x(axis)), "y": str(axis.get_ylabel() or common("supylabel")),
            "title": str(axis.get_title()), "legend": texts,
            "drawn": numpy.concatenate([numpy.empty((0, 2)), *others]),
        })
    return axes
