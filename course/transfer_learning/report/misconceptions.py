"""Wrong turns in reporting."""

from __future__ import annotations

from autograder.checks.api import Misconceptions, adder

from . import reference as right

REPORT = Misconceptions("report", right.learning_curves, student=lambda solve: {
    "learning_curves": solve, "transfer_curves": right.transfer_curves})
CURVES = "Learning curves"
PLOT = "Accuracy against labelled images"
add = adder(REPORT, right, CURVES)

add("no-validation-curve",
    "The curves of the validation images are missing; training curves alone cannot show overfitting.",
    ('axis.plot(epochs, history[f"val_{series}"], label="validation")', 'axis.plot([], [], label="validation")'))
add("no-training-curve",
    "The curves of the training images are missing; without them nobody sees how far validation stays behind.",
    ('axis.plot(epochs, history[series], label="training")', 'axis.plot([], [], label="training")'))
add("no-loss-curve",
    "Only the accuracy is drawn; the loss often rises before the accuracy falls.",
    ("for axis, series in zip(figure.subplots(1, 2), SERIES, strict=True):",
     "for axis, series in [(figure.subplots(), 'accuracy')]:"))
add("no-figure-returned",
    "No figure came back; draw on a Figure and return it.",
    ("    return figure\n", "    return None\n"), price="no figure is there to look at, of either function")
add("no-legend",
    "Nothing says which line is which; give each a label, and draw a legend.",
    ("axis.legend()", "axis.grid()"))
add("axes-without-names",
    "An axis has no name; say what it shows.",
    ('axis.set_xlabel("epoch")', "pass"), ("axis.set_ylabel(series)", "pass"),
    ('axis.set_xlabel("labelled images per class")', "pass"), ('axis.set_ylabel("accuracy")', "pass"))
add("one-seed-only",
    "This is one seed's accuracy; draw the mean over the seeds.",
    ("accuracies.mean(axis=1)", "accuracies[:, 0]"), section=PLOT)
add("best-of-the-seeds",
    "This is the best seed's accuracy; nobody who repeats it will get that. Draw the mean.",
    ("accuracies.mean(axis=1)", "accuracies.max(axis=1)"), section=PLOT)
add("places-not-counts",
    "The points stand at 0, 1, 2, ...; put them over the numbers of labelled images, whose distances differ.",
    ("axis.plot(counts, mean", "axis.plot(range(len(counts)), mean"), section=PLOT)
add("no-spread",
    "The spread over the seeds is missing; without it nobody can tell a difference from luck.",
    ("axis.fill_between(counts, mean - spread, mean + spread, color=line.get_color(), alpha=0.2)", "pass"),
    section=PLOT)
add("names-exchanged",
    "The names are exchanged: the line of training from scratch is called transfer.",
    ('(("transfer", transfer), ("from scratch", scratch))', '(("transfer", scratch), ("from scratch", transfer))'),
    section=PLOT)
add("curves-exchanged",
    "The names are exchanged: the curve of the training images is called validation.",
    ('label="training"', 'label="Validation"'), ('label="validation"', 'label="training"'))
add("constant-spread",
    "The spread is as wide everywhere; at each number of images it should show how far the seeds lie apart there.",
    ("accuracies.std(axis=1)", "accuracies.std()"), section=PLOT)
