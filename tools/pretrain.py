"""Trains the small networks of `course/weights/` and writes their weights and model cards.

    CNN_COURSE_DATA=../shared/data python -m tools.pretrain mnist
    CNN_COURSE_DATA=../shared/data python -m tools.pretrain cifar6

`mnist` learns MNIST's ten digits; assignment 07 transfers it to other handwriting. `cifar6` learns six classes of the
CIFAR-10 pictures; 07 transfers it to the other four. Other options are for a short run, which a test makes.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder.datasets import find_images
from course.transfer_learning.shared import build_features

FOLDER = Path(__file__).parents[1] / "course" / "weights"
SEED = 7
BATCH = 64
LOWEST_SIDE = 8  # pixels; some digits are made as coarse as that, because other people's scans are


@dataclass(frozen=True)
class Recipe:
    """What a network is trained on. classes: those of the data set that it learns, None for all of them."""

    title: str
    data: str
    classes: tuple[str, ...] | None
    widths: tuple[int, ...]
    epochs: int
    zoom: tuple[float, float]  # how much larger an image is drawn
    turn: float  # radians, at most
    mirrored: bool
    coarser: bool
    source: str
    licence: str


RECIPES = {
    "mnist": Recipe(
        title="Features of handwritten digits", data="mnist", classes=None, widths=(8, 16, 32, 32, 64), epochs=6,
        zoom=(0.9, 1.5), turn=0.2, mirrored=False, coarser=True,
        source="MNIST, 60,000 training images (Y. LeCun, C. Cortes, C. J. C. Burges)", licence="CC BY-SA 3.0",
    ),
    "cifar6": Recipe(
        title="Features of small pictures", data="cifar10",
        classes=("airplane", "bird", "cat", "deer", "frog", "ship"), widths=(16, 32, 48, 64, 96), epochs=8,
        zoom=(0.9, 1.25), turn=0.1, mirrored=True, coarser=False,
        source="CIFAR-10, the 30,000 training pictures of six classes, as JPEG files (A. Krizhevsky, 2009)",
        licence="none stated by its authors; distributed for research and teaching",
    ),
}


def prepared(images: np.ndarray) -> np.ndarray:
    """uint8 images, grey or in colour, as the networks take them: `(N, height, width, 3)` float32 in [-1, 1]."""
    scaled = images.astype(np.float32) / 127.5 - 1
    return scaled if images.ndim == 4 else np.repeat(scaled[..., None], 3, axis=-1)


def chosen(recipe: Recipe) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, tuple[str, ...]]:
    """Images and labels to train on and to test on, of the recipe's classes, numbered in their order."""
    images = find_images(recipe.data)
    classes = recipe.classes or images.classes
    number = np.full(len(images.classes), -1)
    for new, name in enumerate(classes):
        number[images.classes.index(name)] = new
    train, test = number[images.train_labels], number[images.test_labels]
    return images.train_images[train >= 0], train[train >= 0], images.test_images[test >= 0], test[test >= 0], classes


def augmentation(recipe: Recipe) -> Callable[[Any], Any]:
    """A function that draws each image of a batch larger or smaller, turned, moved, perhaps mirrored or coarser."""
    import keras
    import tensorflow as tf

    def augment(batch: Any) -> Any:
        count, side = tf.shape(batch)[0], batch.shape[1]
        scale = 1 / tf.random.uniform([count], *recipe.zoom)
        angle = tf.random.uniform([count], -recipe.turn, recipe.turn)
        move = tf.random.uniform([2, count], -0.08 * side, 0.08 * side)
        flip = tf.where(tf.random.uniform([count]) < (0.5 if recipe.mirrored else 0.0), -1.0, 1.0)
        cos, sin, middle = scale * tf.cos(angle), scale * tf.sin(angle), (side - 1) / 2
        right = middle - flip * cos * middle + sin * middle + move[0]
        down = middle - flip * sin * middle - cos * middle + move[1]
        zero = tf.zeros([count])
        transform = tf.stack([flip * cos, -sin, right, flip * sin, cos, down, zero, zero], axis=1)
        mode = "reflect" if recipe.mirrored else "constant"
        moved = keras.ops.image.affine_transform(batch, transform, fill_mode=mode, fill_value=-1.0)
        if recipe.coarser:
            small = tf.random.uniform([], LOWEST_SIDE, side + 1, tf.int32)
            moved = tf.image.resize(tf.image.resize(moved, [small, small], antialias=True), [side, side])
        return moved

    return augment


def pretrain(
    recipe: Recipe, images: np.ndarray, labels: np.ndarray, *, epochs: int, seed: int = SEED
) -> tuple[Any, Any]:
    """The trained features and the classifier around them; the learning rate falls to zero along a half cosine."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    augment = augmentation(recipe)
    data = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(len(images)).batch(BATCH, drop_remainder=True)
    colours = 1 if images.ndim == 4 else 3

    def to_input(batch: Any, batch_labels: Any) -> tuple[Any, Any]:
        scaled = tf.cast(batch, tf.float32) / 127.5 - 1
        scaled = scaled if batch.shape.rank == 4 else scaled[..., None]
        return tf.tile(augment(scaled), [1, 1, 1, colours]), batch_labels

    data = data.map(to_input).prefetch(2)  # not in parallel: the same seed is to give the same weights
    features = build_features(recipe.widths)
    head = keras.layers.Dense(int(labels.max()) + 1, activation="softmax")
    model = keras.Sequential([features, keras.layers.Dropout(0.2), head])
    rate = keras.optimizers.schedules.CosineDecay(4e-3, epochs * (len(images) // BATCH))
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(data, epochs=epochs, verbose=2)
    return features, model


def weights_of(features: Any) -> dict[str, np.ndarray]:
    """Every variable's array by its path."""
    return {variable.path: np.asarray(variable.numpy(), np.float32) for variable in features.variables}


def write(path: Path, content: bytes) -> None:
    """Puts a file in place as a whole."""
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(aside, 0o644)
    os.replace(aside, path)


CARD = """# {name}: {title}

Five 3x3 convolutions with batch normalisation ({widths} maps, {parameters:,} numbers, {size:,} bytes), from images
`(N, height, width, 3)` in [-1, 1] to {features} features. `build_features` of assignment 07 builds the network.

| | |
|---|---|
| data | {source} |
| classes | {classes} |
| licence of the data | {licence} |
| accuracy on the test images of these classes | {accuracy:.2%} of {count:,} |
| seed, epochs | {seed}, {epochs} |
| command | `{command}` |
| with | keras {keras}, tensorflow {tensorflow}, {minutes:.0f} minutes on the CPU |

Meant for assignment 07, as a start for other handwriting or other pictures. It knows nothing else, and is far too small
for photographs of any size. With another version or processor the same command gives slightly other numbers.
"""


def main(arguments: list[str] | None = None) -> int:
    import keras
    import tensorflow as tf
    from safetensors.numpy import save

    parser = argparse.ArgumentParser(description="Trains the small networks of course/weights/.")
    parser.add_argument("name", choices=sorted(RECIPES))
    parser.add_argument("--epochs", type=int, help="for a short run; the recipe's number by default")
    parser.add_argument("--images", type=int, help="for a short run: only so many to train on")
    parser.add_argument("--out", type=Path, default=FOLDER, help="the folder to write to")
    asked = parser.parse_args(arguments)
    recipe = RECIPES[asked.name]
    epochs = asked.epochs or recipe.epochs
    started = time.monotonic()
    images, labels, test_images, test_labels, classes = chosen(recipe)
    features, model = pretrain(recipe, images[: asked.images], labels[: asked.images], epochs=epochs)
    guesses = model.predict(prepared(test_images), batch_size=500, verbose=0).argmax(axis=1)
    weights = weights_of(features)
    content = save(weights)
    write(asked.out / f"{asked.name}.safetensors", content)
    card = CARD.format(
        name=asked.name, title=recipe.title, widths=", ".join(map(str, recipe.widths)), size=len(content),
        parameters=sum(array.size for array in weights.values()), features=recipe.widths[-1], source=recipe.source,
        classes=", ".join(classes), licence=recipe.licence, accuracy=np.mean(guesses == test_labels),
        count=len(test_labels), seed=SEED, epochs=epochs, command=f"python -m tools.pretrain {asked.name}",
        keras=keras.__version__, tensorflow=tf.__version__, minutes=(time.monotonic() - started) / 60,
    )
    write(asked.out / f"{asked.name}.md", card.encode())
    print(card)
    return 0


if __name__ == "__main__":
    sys.exit(main())
