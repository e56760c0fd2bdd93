"""The plots that report a training."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

SERIES = ("loss", "accuracy")


def learning_curves(history: dict[str, list[float]]) -> Figure:
    """Loss and accuracy over the epochs, side by side, each on the training and on the validation images."""
    figure = Figure(figsize=(8, 3), layout="constrained")
    for axis, series in zip(figure.subplots(1, 2), SERIES, strict=True):
        epochs = range(1, len(history[series]) + 1)
        axis.plot(epochs, history[series], label="training")
        axis.plot(epochs, history[f"val_{series}"], label="validation")
        axis.set_xlabel("epoch")
        axis.set_ylabel(series)
        axis.legend()
    return figure


def transfer_curves(counts: Any, transfer: Any, scratch: Any) -> Figure:
    """Accuracy against labelled images per class, for both ways: the mean over the seeds, and their spread.

    counts: n numbers; transfer, scratch: accuracies `(n, seeds)`.
    """
    figure = Figure(figsize=(5, 3.2), layout="constrained")
    axis = figure.subplots()
    for name, accuracies in (("transfer", transfer), ("from scratch", scratch)):
        mean, spread = accuracies.mean(axis=1), accuracies.std(axis=1)
        (line,) = axis.plot(counts, mean, marker="o", label=name)
        axis.fill_between(counts, mean - spread, mean + spread, color=line.get_color(), alpha=0.2)
    axis.set_xlabel("labelled images per class")
    axis.set_ylabel("accuracy")
    axis.legend()
    return figure
