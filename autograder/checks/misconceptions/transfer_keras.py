"""Wrong turns in pipelines, in fine-tuning and in reporting."""

from __future__ import annotations

from ..diagnosis import Misconceptions
from ..reference import transfer_keras as right
from .rewritten import adder

# --- pipeline ----------------------------------------------------------------------------------------------------

PIPELINE = Misconceptions("pipeline", right.make_dataset)
READING = "From files to batches"
MOVING = "Augmentation"
add = adder(PIPELINE, right, READING)
SCALED = "picture / 127.5 - 1"
AUGMENTED = "if training:\n        augment"

add("zero-to-one",
    "The pixels are scaled to [0, 1]; this pretrained network was trained on [-1, 1].",
    (SCALED, "picture / 255"))
add("not-scaled",
    "The pixels still go from 0 to 255; the pretrained network was trained on [-1, 1].",
    (SCALED, "picture"))
add("scaled-twice",
    "The pixels were scaled twice, first to [0, 1] and then as if they still went to 255: all of them are near -1.",
    (SCALED, "picture / 255 / 127.5 - 1"))
add("halved-around-zero",
    "The pixels are scaled to [-0.5, 0.5]; the pretrained network was trained on [-1, 1].",
    (SCALED, "picture / 255 - 0.5"))
add("standardised-one-by-one",
    "Each image was standardised by itself; the pretrained network was trained on [-1, 1], the same for all images.",
    (SCALED, "tf.image.per_image_standardization(picture)"))
add("blue-first",
    "The channels come as blue, green, red; the pretrained network was trained on red, green, blue.",
    (SCALED, "picture[..., ::-1] / 127.5 - 1"))
add("channels-as-in-the-file",
    "Grey files keep their one channel and do not fit into a batch with colour ones; ask the decoder for three.",
    ("channels=3", "channels=0"))
add("width-before-height",
    "Height and width were exchanged; image_size is (height, width), as TensorFlow has it.",
    ("tf.image.resize(picture, image_size)", "tf.image.resize(picture, image_size[::-1])"))
add("last-batch-dropped",
    "The last, smaller batch was dropped, so some images are never seen.",
    (".batch(batch_size)", ".batch(batch_size, drop_remainder=True)"))
add("validation-augmented",
    "Images are augmented without training, too: the validation then measures the augmentation.",
    (AUGMENTED, "if True:\n        augment"), section=MOVING)
add("validation-shuffled",
    "Images are shuffled without training, too, so that predictions can no longer be matched with their paths.",
    ("if training:\n        dataset = dataset.shuffle", "if True:\n        dataset = dataset.shuffle"))
add("labels-of-other-images",
    "In training the labels belong to other images: images and labels were shuffled apart from each other.",
    ("dataset = tf.data.Dataset.from_tensor_slices((list(paths), list(labels)))\n    if training:",
     "dataset = tf.data.Dataset.from_tensor_slices((list(paths), list(labels)))\n    if training:\n"
     "        names = tf.data.Dataset.from_tensor_slices(list(paths)).shuffle(len(paths), seed=seed)\n"
     "        numbers = tf.data.Dataset.from_tensor_slices(list(labels)).shuffle(len(paths), seed=seed + 1)\n"
     "        dataset = tf.data.Dataset.zip((names, numbers))\n    if False:"))
add("not-shuffled",
    "In training the images come in the given order: class by class, so that a batch has one class alone.",
    ("if training:\n        dataset = dataset.shuffle", "if False:\n        dataset = dataset.shuffle"))
add("same-order-in-every-epoch",
    "The images were shuffled once: every epoch has the same order, and the same images in the same batches.",
    ("reshuffle_each_iteration=True", "reshuffle_each_iteration=False"))
add("buffer-too-small",
    "The shuffle's buffer is small: an image cannot come forward by more than that, and with sorted classes the first "
    "batches have only the first classes.",
    ("shuffle(len(paths), seed", "shuffle(8, seed"))
add("never-augmented",
    "In training the images come as they are in their files; nothing is augmented.",
    (AUGMENTED, "if False:\n        augment"), section=MOVING)
add("augmented-once",
    "The images were augmented once and then kept (by cache, or before the pipeline): every epoch shows the same ones.",
    ("dataset = tf.data.Dataset.from_tensor_slices((list(paths), list(labels)))\n    if training:\n"
     "        dataset = dataset.shuffle(len(paths), seed=seed, reshuffle_each_iteration=True)\n",
     "dataset = tf.data.Dataset.from_tensor_slices((list(paths), list(labels)))\n"),
    ("(augment(images, training=True), labels))", "(augment(images, training=True), labels)).unbatch().cache()\n"
     "        dataset = dataset.shuffle(len(paths), seed=seed).batch(batch_size)"), section=MOVING)
add("mirrored",
    "Images are mirrored; a mirrored 2 is no 2, so that this teaches a digit that nobody writes.",
    ("keras.layers.RandomRotation(0.03", "keras.layers.RandomFlip('horizontal', seed=seed),\n"
     "            keras.layers.RandomRotation(0.03"), section=MOVING)
add("seed-not-used",
    "The seed was not used: two pipelines with the same seed begin with different orders.",
    ("shuffle(len(paths), seed=seed, ", "shuffle(len(paths), "))
add("not-prefetched",
    "Nothing is prefetched: the network waits while a batch is prepared, and the files wait while it learns.",
    ("return dataset.prefetch(tf.data.AUTOTUNE)", "return dataset"))

# --- fine-tune ---------------------------------------------------------------------------------------------------

FINE_TUNE = Misconceptions("fine-tune", right.fine_tune)
HEAD = "Phase one: a new head"
TOP = "Phase two: the top layers"
NORMS = "Batch normalisation must not learn here"
add = adder(FINE_TUNE, right, HEAD)

add("no-softmax",
    "The model's answers are no probabilities: the head has no softmax.",
    ('activation="softmax"', "activation=None"),
    ('"sparse_categorical_crossentropy", metrics',
     "keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics"))
add("number-of-classes-fixed",
    "The head has a fixed number of units; how many classes there are follows from the labels.",
    ("num_classes = 1 + max(int(tf.reduce_max(labels)) for _, labels in train)", "num_classes = 4"))
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
    ("rate=5e-4", "rate=5e-2"), section=TOP)
add("batch-norm-trains",
    "The means and variances of batch normalisation have changed: the features ran in training mode. Call them with "
    "training=False; trainable=False alone stays in force only until you unfreeze.",
    ("pretrained(inputs, training=False)", "pretrained(inputs, training=True)"),
    ("layer.trainable = layer in convolutions[len(convolutions) // 2 + 1 :]",
     "layer.trainable = layer in convolutions[len(convolutions) // 2 + 1 :] or 'norm' in layer.name"), section=NORMS)

# --- report ------------------------------------------------------------------------------------------------------

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
    ("    return figure\n", "    return None\n"))
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
