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
    "one-name-below-two-axes": '''
import numpy as np
import matplotlib.pyplot as plt
def learning_curves(history):
    """Two axes that share the epochs, which have a name below only; the legend is given its texts."""
    fig, (top, bottom) = plt.subplots(2, sharex=True)
    epochs = np.arange(len(history["loss"]))
    top.plot(epochs, history["loss"], epochs, history["val_loss"])
    top.set_ylabel("Loss")
    top.legend(["Train", "Validation"])
    bottom.plot(epochs, history["accuracy"])
    bottom.plot(epochs, history["val_accuracy"])
    bottom.set_ylabel("Accuracy")
    bottom.legend(("Train", "Validation"))
    bottom.set_xlabel("Epoch")
    return fig
def transfer_curves(counts, transfer, scratch):
    """From the worst to the best seed, as areas."""
    fig, ax = plt.subplots()
    for label, runs, colour in (("transfer", transfer, "tab:green"), ("from scratch", scratch, "tab:red")):
        ax.fill_between(counts, runs.min(axis=1), runs.max(axis=1), alpha=0.3, color=colour)
        ax.plot(counts, runs.mean(axis=1), "o-", color=colour, label=label)
    ax.set(xlabel="images per class", ylabel="accuracy", title="What transfer is worth")
    ax.legend(loc="lower right")
    return fig
''',
}

FIGURES = '''
import numpy as np
from matplotlib.figure import Figure
def curves(history, names=("loss", "accuracy")):
    figure = Figure()
    for axis, name, word in zip(figure.subplots(1, 2), ("loss", "accuracy"), names):
        axis.plot(history[name], label="training")
        axis.plot(history["val_" + name], label="validation")
        axis.set_xlabel("epoch")
        axis.set_ylabel(word)
        axis.legend()
    return figure
def ways(counts, runs, middle=np.mean):
    figure = Figure()
    axis = figure.subplots()
    for name, accuracies in runs:
        axis.errorbar(counts, middle(accuracies, axis=1), np.std(accuracies, axis=1), label=name)
    axis.set_xlabel("images")
    axis.set_ylabel("accuracy")
    axis.legend()
    return figure
'''
WRONG = {
    "names-of-the-axes-exchanged": FIGURES + '''
def learning_curves(history):
    return curves(history, ("accuracy", "loss"))
def transfer_curves(counts, transfer, scratch):
    return ways(counts, (("transfer", transfer), ("from scratch", scratch)))
''',
    "names-at-the-wrong-axes": FIGURES + '''
def turned(figure):
    for axis in figure.get_axes():
        axis.set(xlabel=axis.get_ylabel(), ylabel=axis.get_xlabel())
    return figure
def learning_curves(history):
    return turned(curves(history))
def transfer_curves(counts, transfer, scratch):
    return turned(ways(counts, (("transfer", transfer), ("from scratch", scratch))))
''',
    "medians": FIGURES + '''
def learning_curves(history):
    return curves(history)
def transfer_curves(counts, transfer, scratch):
    return ways(counts, (("transfer", transfer), ("from scratch", scratch)), np.median)
''',
    "one-way-only": FIGURES + '''
def learning_curves(history):
    return curves(history)
def transfer_curves(counts, transfer, scratch):
    return ways(counts, (("transfer, not from scratch", transfer),))
''',
    "smoothed": FIGURES + '''
def learning_curves(history):
    """Running means in the place of the numbers."""
    return curves({name: np.cumsum(values) / np.arange(1, len(values) + 1) for name, values in history.items()})
def transfer_curves(counts, transfer, scratch):
    return ways(counts, (("transfer", transfer), ("from scratch", scratch)))
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
