"""Wrong turns in pipelines."""

from __future__ import annotations

from autograder.checks.api import Misconceptions, adder

from . import reference as right

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
add("minus-one-to-zero",
    "The pixels are scaled to [-1, 0]; the pretrained network was trained on [-1, 1].",
    (SCALED, "picture / 255 - 1"))
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
    (SCALED, "picture[..., ::-1] / 127.5 - 1"), price="images are known again by their colours, in four tests")
add("channels-as-in-the-file",
    "Grey files keep their one channel and do not fit into a batch with colour ones; ask the decoder for three.",
    ("channels=3", "channels=0"), raises=("InvalidArgumentError", "ValueError"))
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
add("batches-shuffled",
    "Whole batches are shuffled: the same neighbours are always together in one, and with sorted classes a batch has "
    "one class alone. Shuffle before `batch`.",
    ("    if training:\n        dataset = dataset.shuffle(len(paths), seed=seed, reshuffle_each_iteration=True)\n", ""),
    (".batch(batch_size)", ".batch(batch_size)\n    if training:\n"
     "        dataset = dataset.shuffle(len(paths), seed=seed)"))
add("one-hot-labels",
    "The labels are rows of zeros with a one; they should come as they were given, as numbers.",
    ("(list(paths), list(labels))", "(list(paths), keras.utils.to_categorical(labels))"))
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
add("augmented-too-far",
    "Images are moved or turned so far that they can hardly be known again: 8 % of the side and 10 degrees are enough, "
    "and `RandomRotation` counts in full turns.",
    ("keras.layers.RandomRotation(0.03", "keras.layers.RandomRotation(0.25"), section=MOVING)
add("repeated",
    "The dataset goes on when every image has come once; an epoch ends where the dataset ends, so nothing may "
    "be repeated.",
    ("return dataset.prefetch", "return dataset.repeat().prefetch"))
add("seed-not-used",
    "The seed was not used: two pipelines with the same seed begin with different orders.",
    ("shuffle(len(paths), seed=seed, ", "shuffle(len(paths), "), price="what the seed decides is one test's point")
add("not-prefetched",
    "Nothing is prefetched: the network waits while a batch is prepared, and the files wait while it learns.",
    ("return dataset.prefetch(tf.data.AUTOTUNE)", "return dataset"))
