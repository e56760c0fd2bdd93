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
        if not known or not isinstance(axis.get("legend"), list) or type(axis.get("spreads")) is not int:
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
    """Passes when axes have names and the lines of each are told apart by a legend."""
    history = history_of(rng)
    axes = learning_axes(student, history)
    expect(len(axes) > 0, "The figure has no lines.")
    for axis in axes:
        expect(bool(axis["x"]), "", diagnosis=misconceptions.REPORT["axes-without-names"])
        legend = [str(text) for text in axis["legend"]]
        several = len(axis["lines"]) > 1
        expect(not several or len(set(legend)) >= 2, "", diagnosis=misconceptions.REPORT["no-legend"])
    for part in ("loss", "accuracy"):
        line = shows([line for axis in axes for line in axis["lines"]], history[part])
        where = [axis for axis in axes if shows(axis["lines"], history[part])]
        expect(line is not None and len(where) > 0, f"No line shows history[{part!r}].")
        said = " ".join([where[0]["y"], where[0]["title"], *map(str, where[0]["legend"])]).lower()
        expect(part in said, "", diagnosis=misconceptions.REPORT["axes-without-names"])


# --- transfer and from scratch ---------------------------------------------------------------------------------------


def runs_of(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers of labelled images, and accuracies of both ways over some seeds."""
    counts = np.cumsum(rng.integers(3, 20, 4))
    return counts, rng.uniform(0.7, 0.99, (4, 5)), rng.uniform(0.2, 0.6, (4, 5))


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
    expect(one, "Both ways are to be drawn in one plot.")
    places = [line["x"] for line in means if line is not None]
    expect(not all(np.allclose(np.diff(x), 1) for x in places), "", diagnosis=known["places-not-counts"])
    expect(all(np.allclose(x, counts) for x in places), "The curves do not stand over the counts.")


def expect_spread(student: Student, rng: np.random.Generator) -> None:
    """Passes when something beside the means shows how far the seeds lie apart."""
    counts, *ways = runs_of(rng)
    axes = transfer_axes(student, counts, *ways)
    expect(len(axes) > 0, "The figure has no lines.")
    points = sum(len(line["y"]) for axis in axes for line in axis["lines"])
    spread = sum(axis["spreads"] for axis in axes) >= 2 or points >= 2 * ways[0].size
    expect(spread, "", diagnosis=misconceptions.REPORT["no-spread"])


def expect_ways_labelled(student: Student, rng: np.random.Generator) -> None:
    """Passes when the axes have names, and the legend names the right line "transfer" and the other "scratch"."""
    known = misconceptions.REPORT
    counts, *ways = runs_of(rng)
    axes = transfer_axes(student, counts, *ways)
    expect(len(axes) > 0, "The figure has no lines.")
    for axis in axes:
        expect(bool(axis["x"]) and bool(axis["y"]), "", diagnosis=known["axes-without-names"])
        said = " ".join(str(text) for text in axis["legend"]).lower()
        expect(bool(said), "", diagnosis=known["no-legend"])
        expect("transfer" in said and "scratch" in said, "The legend is to name transfer and from scratch.")
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
    """What a figure shows: for each axes its lines (x, y, label), texts, and how many areas, bars or clouds of points
    show a spread.
    """
    import numpy

    if not hasattr(figure, "get_axes"):
        return None

    def high(path):
        """Whether the path is anywhere at two heights over the same place; an area may have no height at all."""
        x, y = numpy.round(path.vertices, 9).T
        return any(numpy.ptp(y[x == place]) > 0 for place in set(x.tolist()))

    def spreads(collection):
        return len(collection.get_offsets()) > 1 or any(map(high, collection.get_paths()))

    axes = []
    for axis in figure.get_axes():
        lines = []
        for line in axis.get_lines():
            try:
                x, y = (numpy.asarray(values, float).reshape(-1) for values in (line.get_xdata(), line.get_ydata()))
            except (TypeError, ValueError):
                continue
            lines.append({"x": x, "y": y, "label": str(line.get_label())})
        legend = axis.get_legend() or (figure.legends[0] if figure.legends else None)
        axes.append({
            "lines": lines, "x": str(axis.get_xlabel()), "y": str(axis.get_ylabel()), "title": str(axis.get_title()),
            "legend": [text.get_text() for text in legend.get_texts()] if legend else [],
            "spreads": sum(map(spreads, axis.collections)),
        })
    return axes
