"""Wrong turns in fine-tuning."""

from __future__ import annotations

from autograder.checks.api import Misconceptions, adder

from . import reference as right

FINE_TUNE = Misconceptions("fine-tune", right.fine_tune)
HEAD = "Phase one: a new head"
TOP = "Phase two: the top layers"
SIDES = "Three sides"
NORMS = "Batch normalisation must not learn here"
add = adder(FINE_TUNE, right, HEAD)

add("no-softmax",
    "The model's answers are no probabilities: the head has no softmax.",
    ('activation="softmax"', "activation=None"),
    ('"sparse_categorical_crossentropy", metrics',
     "keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics"))
add("number-of-classes-fixed",
    "The head has a fixed number of units; how many classes there are follows from the labels.",
    ("num_classes = 1 + max(int(tf.reduce_max(labels)) for _, labels in train)", "num_classes = 4"),
    raises="InvalidArgumentError", price="the first label beyond the units ends the training: no model comes back")
add("all-from-the-start",
    "The features learn from the start, while the head is still random: its gradients destroy what was pretrained. "
    "Freeze them first, and compile after that.",
    ("pretrained.trainable = False\n", "pretrained.trainable = True\n    for layer in pretrained.layers:\n"
     "        layer.trainable = layer.name == 'conv5'\n"))
add("never-unfrozen",
    "The top layers never learned: unfreeze them for the second phase, and compile again, or it has no effect.",
    ("layer.trainable = layer in convolutions[len(convolutions) // 2 + 1 :]", "layer.trainable = False"), section=TOP)
add("everything-unfrozen",
    "In the second phase the first convolution learned, too; only the top layers should. Edges are edges everywhere.",
    ("layer.trainable = layer in convolutions[len(convolutions) // 2 + 1 :]",
     "layer.trainable = layer in convolutions"), section=TOP)
add("rate-destroys-features",
    "The last convolution went so far that little of the pretrained one is left: the second phase needs a much "
    "smaller learning rate.",
    ("rate=5e-4", "rate=5e-2"), section=TOP, price="what is left of the features reaches neither accuracy")
add("rate-of-the-head",
    "In the second phase the last convolution went as far in one epoch as it should in many: take a smaller "
    "learning rate, a tenth of the head's or less.",
    ("rate=5e-4, epochs=6", "rate=1e-2, epochs=12"), section=TOP)
add("learns-from-validation",
    "The network learns from the validation images as well: they are there to judge by, and of images that it has "
    "learned from its accuracy says nothing.",
    ("return model.fit(train, ", "return model.fit(train.concatenate(validation), "), section=SIDES)
add("batch-norm-trains",
    "The means and variances of batch normalisation have changed: it ran in training mode. What keeps it still in "
    "`fit` is `layer.trainable = False`, in phase two as well; calling the features with training=False does not.",
    ("pretrained(inputs)", "pretrained(inputs, training=False)"),
    ("layer.trainable = layer in convolutions[len(convolutions) // 2 + 1 :]",
     "layer.trainable = layer in convolutions[len(convolutions) // 2 + 1 :] or 'norm' in layer.name"), section=NORMS)
