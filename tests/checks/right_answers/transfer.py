"""Right answers of assignment 07 in other ways."""

KERAS = "import keras\nimport numpy as np\nimport tensorflow as tf\n"

ANSWERS = {
    "dataset": {
        "by-os": '''
import os, warnings
from PIL import Image
def index_images(folder):
    """os.listdir, and one image converted after the other."""
    folder = str(folder)
    names = [n for n in sorted(os.listdir(folder)) if os.path.isdir(os.path.join(folder, n)) and not n.startswith(".")]
    paths, labels = [], []
    for label in range(len(names)):
        before = len(paths)
        for file in sorted(os.listdir(os.path.join(folder, names[label]))):
            path = os.path.join(folder, names[label], file)
            if not file.lower().endswith((".png", ".jpg", ".jpeg")):
                continue
            try:
                Image.open(path).convert("RGB")
            except Exception:
                warnings.warn("left out: " + path)
            else:
                paths.append(path)
                labels.append(label)
        if len(paths) - before < 100:
            raise ValueError("fewer than 100 images in " + names[label])
    return paths, labels, names
''',
        "by-tensorflow": '''
import warnings
from pathlib import Path
import numpy as np
import tensorflow as tf
def index_images(folder):
    """Decoded by TensorFlow; arrays of labels, Path objects, a tuple of names."""
    class_names = tuple(sorted(p.name for p in Path(folder).glob("[!.]*") if p.is_dir()))
    paths, counts = [], []
    for name in class_names:
        kept = []
        for path in sorted(Path(folder, name).iterdir()):
            if path.suffix.lower() in {".jpg", ".jpeg", ".png"}:
                try:
                    tf.io.decode_image(path.read_bytes())
                    kept.append(path)
                except tf.errors.InvalidArgumentError:
                    warnings.warn(f"{path.name} in {name} is corrupt", RuntimeWarning)
        if len(kept) < 100:
            raise ValueError(f"{name} has {len(kept)} readable images")
        paths += kept
        counts.append(len(kept))
    return paths, np.repeat(np.arange(len(class_names)), counts), class_names
''',
    },
    "split": {
        "cumulative-places": '''
import hashlib
import random
from pathlib import Path
def split(paths, labels, fractions, seed):
    """Class by class, shuffled groups laid end to end and cut where the fractions say; classes that share go first."""
    rng = random.Random(seed)
    groups = {}
    for i, path in enumerate(paths):
        groups.setdefault(hashlib.md5(Path(path).read_bytes()).digest(), []).append(i)
    by_class = {}
    for group in sorted(groups.values()):
        by_class.setdefault(min(labels[i] for i in group), []).append(group)
    names = ("train", "validation", "test")
    sides = {name: [] for name in names}
    taken = {(label, name): 0 for label in set(labels) for name in names}
    for label in sorted(by_class):
        mine = by_class[label]
        rng.shuffle(mine)
        mine.sort(key=lambda group: len(group), reverse=True)
        total = list(labels).count(label)
        for group in mine:
            name = min(names, key=lambda n: (taken[label, n] + 0.5) / (fractions[names.index(n)] * total + 1e-9))
            sides[name] += group
            for i in group:
                taken[labels[i], name] += 1
    return sides
''',
        "bytes-as-keys": '''
import numpy as np
def split(paths, labels, fractions, seed):
    """Contents as dictionary keys; copies are dealt out after the single images' places are known."""
    labels = np.asarray(labels)
    rng = np.random.RandomState(seed)
    contents = {}
    for i, path in enumerate(paths):
        with open(path, "rb") as file:
            contents.setdefault(file.read(), []).append(i)
    side_of = np.full(len(paths), -1)
    want = {c: np.array(fractions) * np.sum(labels == c) for c in np.unique(labels)}
    have = {c: np.zeros(3) for c in want}
    todo = [np.array(group) for group in contents.values()]
    todo = [todo[k] for k in rng.permutation(len(todo))]
    for group in [g for g in todo if len(g) > 1] + [g for g in todo if len(g) == 1]:
        c = labels[group[0]]
        side = int(np.argmax(want[c] - have[c]))
        side_of[group] = side
        for i in group:
            have[labels[i]][side] += 1
    return {name: np.flatnonzero(side_of == k) for k, name in enumerate(["train", "validation", "test"])}
''',
    },
    "pipeline": {
        "stateless-augmentation": KERAS + '''
def make_dataset(paths, labels, *, image_size, batch_size, training, seed):
    """Index dataset, decoding by extension-blind decode_png, shifts by padding and random crops."""
    paths, labels = tf.constant([str(p) for p in paths]), tf.constant([int(l) for l in labels])
    height, width = image_size

    def load(i):
        image = tf.io.decode_image(tf.io.read_file(paths[i]), 3, expand_animations=False)
        image = tf.image.resize(tf.image.convert_image_dtype(image, tf.float32), (height, width)) * 2 - 1
        image.set_shape((height, width, 3))
        if training:
            image = tf.pad(image, [[2, 2], [2, 2], [0, 0]], mode="SYMMETRIC")
            image = tf.image.random_crop(image, (height, width, 3))
            image = image + tf.random.normal([], 0, 0.02)
        return image, labels[i]

    ds = tf.data.Dataset.range(len(paths))
    if training:
        ds = ds.shuffle(10_000, seed=seed, reshuffle_each_iteration=True)
    return ds.map(load, tf.data.AUTOTUNE).batch(batch_size).prefetch(1)
''',
        "pillow-in-a-generator": KERAS + '''
from PIL import Image
def make_dataset(paths, labels, *, image_size, batch_size, training, seed):
    """Decoded by Pillow in Python, a permutation drawn anew for every epoch."""
    rng = np.random.default_rng(seed)
    size = image_size[1], image_size[0]
    zoom = keras.layers.RandomZoom(0.1, fill_mode="nearest", seed=seed)

    def images():
        order = rng.permutation(len(paths)) if training else range(len(paths))
        for i in order:
            with Image.open(paths[i]) as file:
                pixels = np.asarray(file.convert("RGB").resize(size, Image.BILINEAR), np.float32)
            yield (pixels - 127.5) / 127.5, labels[i]

    spec = tf.TensorSpec((*image_size, 3), tf.float32), tf.TensorSpec((), tf.int64)
    ds = tf.data.Dataset.from_generator(images, output_signature=spec).batch(batch_size)
    if training:
        ds = ds.map(lambda x, y: (zoom(x, training=True), y))
    return ds.prefetch(2)
''',
    },
    "fine-tune": {
        "sequential": KERAS + '''
def fine_tune(pretrained, train, validation, *, seed):
    """A wrapper keeps the features in inference mode; only the last convolution is tuned; SGD in the second phase."""
    tf.random.set_seed(seed)
    keras.utils.set_random_seed(seed)
    classes = set()
    for _, y in train:
        classes |= set(y.numpy().tolist())
    pretrained.trainable = False
    x_in = keras.Input((None, None, 3))
    x = keras.layers.BatchNormalization(trainable=False)(pretrained(x_in, training=False))
    head = keras.layers.Dense(len(classes), kernel_initializer="he_normal")
    model = keras.Model(x_in, keras.layers.Softmax()(head(x)))
    loss = keras.losses.SparseCategoricalCrossentropy()
    model.compile("adam", loss, metrics=["accuracy"])
    model.optimizer.learning_rate = 0.03
    one = model.fit(train, validation_data=validation, epochs=10, verbose=0)
    for layer in pretrained.layers[::-1]:
        if isinstance(layer, keras.layers.Conv2D):
            pretrained.trainable = True
            for other in pretrained.layers:
                other.trainable = other is layer
            break
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), loss, metrics=["accuracy"])
    two = model.fit(train, validation_data=validation, epochs=4, verbose=0)
    return model, {k: one.history[k] + two.history[k] for k in ("loss", "accuracy", "val_loss", "val_accuracy")}
''',
        "own-loop": KERAS + '''
def fine_tune(pretrained, train, validation, *, seed):
    """Gradients by hand: which variables learn is chosen at each step, and nothing is compiled."""
    keras.utils.set_random_seed(seed)
    k = int(max(np.max(y) for _, y in train.as_numpy_iterator())) + 1
    dense = keras.layers.Dense(k, activation="softmax")
    model = keras.Sequential([pretrained, dense])
    predict = lambda x: dense(pretrained(x, training=False))
    model(next(iter(train))[0][:1], training=False)
    loss_of = keras.losses.SparseCategoricalCrossentropy()
    top = [v for v in pretrained.trainable_variables if v.path.startswith(("conv4", "conv5"))]
    history = {"loss": [], "accuracy": [], "val_loss": [], "val_accuracy": []}

    def judge(data):
        losses, right, n = 0.0, 0, 0
        for x, y in data:
            p = predict(x)
            losses += float(loss_of(y, p)) * len(y)
            right += int(np.sum(np.argmax(p, 1) == y.numpy()))
            n += len(y)
        return losses / n, right / n

    for rate, variables, epochs in ((0.03, [], 15), (0.0005, top, 4)):
        optimizer = keras.optimizers.Adam(rate)
        learning = dense.trainable_variables + variables

        @tf.function
        def step(x, y):
            with tf.GradientTape() as tape:
                p = predict(x)
                loss = loss_of(y, p)
            optimizer.apply(tape.gradient(loss, learning), learning)
            return loss, p

        for _ in range(epochs):
            losses, right, n = 0.0, 0, 0
            for x, y in train:
                loss, p = step(x, y)
                losses, n = losses + float(loss) * len(y), n + len(y)
                right += int(np.sum(np.argmax(p, 1) == y.numpy()))
            history["loss"].append(losses / n)
            history["accuracy"].append(right / n)
            for name, value in zip(("val_loss", "val_accuracy"), judge(validation)):
                history[name].append(value)
    return model, history
''',
    },
    "report": {
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
    },
}

TOP = "layer in convolutions[len(convolutions) {}:]"
EQUIVALENT = {
    "split": {
        "split: sorted(rng.permutation(len(alike)), key=lambda number: -len(alike[number])) -> "
        "sorted(rng.permutation(len(alike)), key=lambda number: +len(alike[number]))":
            "Large groups last leaves classes a little less even, within what the task allows.",
    },
    "dataset": {
        "index_images > _is_readable: warnings.warn(f'{path} cannot be read and is left out', stacklevel=2) -> "
        "warnings.warn(f'{path} cannot be read and is left out', stacklevel=3)":
            "Which line the warning is attributed to is not asked for.",
    },
    "fine-tune": {
        "fine_tune: pretrained(inputs, training=False) -> pretrained(inputs, training=True)":
            "Batch normalisation that must not learn is in inference mode either way, and is never allowed to learn.",
        "fine_tune: True -> False": "Every layer is set by itself right after, and only layers have variables.",
        **{
            f"fine_tune: _fit(model, train, validation, rate={before}) -> _fit(model, train, validation, rate={after})":
                "Rates and numbers of epochs are free; the accuracy is what is asked."
            for before, after in (
                ("0.02, epochs=12", "1.02, epochs=12"), ("0.02, epochs=12", "0.02, epochs=13"),
                ("0.0005, epochs=6", "0.0005, epochs=7"),
            )
        },
        **{
            f"fine_tune: {TOP.format('// 2 + 1')} -> {TOP.format(other)}":
                "Which convolutions learn beside the last one, and not the first, is free."
            for other in ("// 2 - 1", "// 3 + 1", "// 2 + 2")
        },
        **{
            "fine_tune > _fit: " + " -> ".join(
                f"model.fit(train, validation_data=validation, epochs=epochs, verbose={number}).history"
                for number in (0, 1)
            ): "What is printed is not asked for.",
        },
    },
    "report": {
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
    },
}
