"""Right answers of report in other ways."""

ANSWERS = {
    "pyplot": '''
import numpy as np
import matplotlib.pyplot as plt
def learning_curves(history):
    """pyplot, one above the other, epochs from 0, titles in the place of names at the side."""
    fig, (a, b) = plt.subplots(2, 1)
    for ax, key in ((a, "accuracy"), (b, "loss")):
        ax.plot(history[key], "-", label="train")
        ax.plot(history["val_" + key], "--", label="val")
        ax.set(title=key.capitalize(), xlabel="Epoch")
        ax.legend()
    plt.close(fig)
    return fig
def transfer_curves(counts, transfer, scratch):
    """Error bars, in percent, on a logarithmic axis."""
    fig, ax = plt.subplots()
    for runs, name in ((scratch, "From scratch"), (transfer, "Transfer")):
        ax.errorbar(counts, 100 * np.mean(runs, 1), yerr=100 * np.std(runs, 1), label=name)
    ax.set_xscale("log")
    ax.set_xlabel("images")
    ax.set_ylabel("accuracy, %")
    fig.legend()
    plt.close(fig)
    return fig
''',
    "four-lines-and-single-runs": '''
import numpy as np
from matplotlib.figure import Figure
def learning_curves(history):
    """Everything in one pair of twin axes, each line with a name of its own."""
    fig = Figure()
    left = fig.add_subplot()
    right = left.twinx()
    n = np.arange(1, len(history["loss"]) + 1)
    for ax, key in ((left, "loss"), (right, "accuracy")):
        ax.plot(n, history[key], label="training " + key)
        ax.plot(n, history["val_" + key], ":", label="validation " + key)
        ax.set_ylabel(key)
        ax.set_xlabel("epoch")
        ax.legend()
    return fig
def transfer_curves(counts, transfer, scratch):
    """The single runs as points behind the means."""
    fig = Figure()
    ax = fig.add_subplot()
    for runs, name in ((np.array(transfer), "transfer"), (np.array(scratch), "from scratch")):
        for k in range(runs.shape[1]):
            ax.plot(counts, runs[:, k], ".", alpha=0.3)
        ax.plot(counts, runs.mean(1), label=name + " (mean)")
    ax.set_xlabel("labelled images per class")
    ax.set_ylabel("accuracy")
    ax.legend()
    return fig
''',
}

EQUIVALENT = {
    "learning_curves: Figure(figsize=(8, 3), layout='constrained') -> Figure(figsize=(9, 3), layout='constrained')":
        "The size of the figure is free.",
    "learning_curves: Figure(figsize=(8, 3), layout='constrained') -> Figure(figsize=(8, 4), layout='constrained')":
        "The size of the figure is free.",
    **{
        f"transfer_curves: Figure(figsize=(5, 3.2), layout='constrained') -> "
            f"Figure(figsize={size}, layout='constrained')": "The size of the figure is free."
        for size in ((6, 3.2), (5, 4.2))
    },
    "learning_curves: zip(figure.subplots(1, 2), SERIES, strict=True) -> "
        "zip(figure.subplots(1, 2), SERIES, strict=False)":
        "Both have two entries.",
}
