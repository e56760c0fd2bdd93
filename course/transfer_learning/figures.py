"""The pictures and demonstrations of the notebook about transfer learning."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from PIL import Image

from autograder.datasets import cifar10_folder

from ..style import GREY, ORANGE, described, figure, needs, show, sliders, table

Answer = Callable[..., Any]


def copy_photographs(folder: Path, count: int = 400) -> None:
    """Class folders of four classes of CIFAR-10 that the small pretrained network for photographs has not seen."""
    for name in ("automobile", "dog", "horse", "truck"):
        (folder / name).mkdir()
        for path in sorted((cifar10_folder() / "train" / name).iterdir())[:count]:
            shutil.copy(path, folder / name)


def listing(folder: Path) -> None:
    """The first class folders, how many files each has, and the name of one."""
    for place in sorted(place for place in folder.iterdir() if place.is_dir())[:4]:
        names = sorted(path.name for path in place.iterdir())
        print(f"{place.name}/  {len(names)} files, such as {', '.join(names[:1])}")


@needs("dataset")
def first_of_each_class(paths: Sequence[Any], labels: Sequence[int], class_names: Sequence[str]) -> None:
    """How many images were found, and the first one of each class."""
    labels = list(labels)
    print(f"{len(paths):,} images of {len(class_names)} classes")
    firsts = [labels.index(label) for label in range(min(len(class_names), 10))]
    images = [np.asarray(Image.open(paths[first]).convert("RGB")) for first in firsts]
    names = [class_names[labels[first]] for first in firsts]
    _in_a_row(images, names, f"The first picture of each class: {', '.join(names)}.")


@needs("dataset", "split")
def sizes_of_sides(labels: Sequence[int], class_names: Sequence[str], sides: Mapping[str, Sequence[int]]) -> None:
    """How many images of each class are on each side."""
    counts = {side: Counter(labels[index] for index in indices) for side, indices in sides.items()}
    table("Images of each class on each side", ("side", *(name[:10] for name in class_names[:10])), [
        (side, *(count[label] for label in range(min(len(class_names), 10)))) for side, count in counts.items()
    ])


@needs("split", "pipeline")
def one_picture_in_six_epochs(make_dataset: Answer, paths: Sequence[Any], sides: Mapping[str, Sequence[int]]) -> None:
    """A training picture as it is in its file, and as six epochs show it."""
    path = paths[sides["train"][3]]
    with Image.open(path) as picture:
        side = min(96, *picture.size)
    options = {"image_size": (side, side), "batch_size": 1, "seed": 4}
    plain, augmented = (make_dataset([path], [0], training=training, **options) for training in (False, True))
    looks = [next(iter(dataset))[0][0] for dataset in (plain, *[augmented] * 6)]
    titles = ["the file", *[f"epoch {number}" for number in range(1, 7)]]
    _in_a_row([(np.asarray(look) + 1) / 2 for look in looks], titles, "One training picture as it is in its file, and "
              "as six epochs show it: moved a little, turned a little.")


def norms_in_fit() -> None:
    """How far the means of a batch normalisation go in one epoch of `fit`, trainable and frozen.

    In both networks it is called with `training=False`.
    """
    images = np.random.default_rng(0).normal(3, 1, (64, 4)).astype(np.float32)
    for trainable in (True, False):
        norm = keras.layers.BatchNormalization()
        base = keras.Sequential([keras.Input((4,)), norm], name="base")
        inputs = keras.Input((4,))
        model = keras.Model(inputs, keras.layers.Dense(1)(base(inputs, training=False)))
        base.trainable = trainable
        model.compile("sgd", "mse")
        before = np.array(norm.moving_mean)
        model.fit(images, images[:, :1], verbose=0)
        moved = np.abs(np.array(norm.moving_mean) - before).max()
        print(f"called with training=False, trainable = {trainable!s:5}: its means changed by {moved:.2f}")


def what_is_left_of_the_old() -> None:
    """How much of its old means a batch normalisation still has after some batches in training mode."""

    def draw(momentum: float = 0.9) -> None:
        batches = np.arange(61)
        fig, axis = figure(width=6, height=2.5)
        axis.plot(batches, momentum**batches, color=ORANGE, linewidth=2)
        axis.plot(batches, 1 - momentum**batches, color=GREY, linewidth=2)
        axis.text(61, momentum**60, " of the 60,000", color=ORANGE, va="center")
        axis.text(61, 1 - momentum**60, " of the new ones", va="center")
        axis.set(xlabel="batches in training mode", ylabel="share in the running mean", ylim=(-0.03, 1.03))
        axis.set_title(f"momentum {momentum:g}: after 20 batches {momentum**20:.0%} is left")
        described(fig, f"The share of the old mean falls, that of the new batches rises. With a {axis.get_title()}.")

    draw()
    sliders(draw, momentum=(0.8, 0.99, 0.01))


@needs("dataset", "split", "pipeline", "fine-tune", "report")
def one_run(
    fine_tune: Answer, learning_curves: Answer, make_dataset: Answer, pretrained_features: Answer,
    paths: Sequence[Any], labels: Sequence[int], sides: Mapping[str, Sequence[int]], image_size: tuple[int, int],
) -> None:
    """The learning curves of fine-tuning on 20 images of each class, and the accuracy on the test side."""
    sets = _Sets(make_dataset, paths, labels, sides, image_size)
    features = pretrained_features()
    start = time.perf_counter()
    model, history = fine_tune(features, *sets.to_train(per_class=20, seed=0), seed=0)
    seconds = time.perf_counter() - start
    described(
        learning_curves(history),
        f"Learning curves over {len(history['loss'])} epochs: loss left, accuracy right, training and validation in "
        f"each. In the end the validation accuracy is {history['val_accuracy'][-1]:.0%}.",
    )
    print(f"On the test images: {sets.tested(model):.1%}")
    learned = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    table("What it cost", ("", "parameters", "of them learned in phase two", "seconds to train"), [
        (f"{features.name} and a new head", int(model.count_params()), learned, f"{seconds:.1f}"),
    ])


@needs("dataset", "split", "pipeline", "fine-tune", "report")
def against_scratch(
    fine_tune: Answer, transfer_curves: Answer, make_dataset: Answer, pretrained_features: Answer,
    paths: Sequence[Any], labels: Sequence[int], sides: Mapping[str, Sequence[int]], image_size: tuple[int, int],
    *, counts: Sequence[int], seeds: int,
) -> None:
    """Accuracy on the test side, fine-tuned and from scratch, by the number of labelled images of each class."""
    sets = _Sets(make_dataset, paths, labels, sides, image_size)
    transfer, scratch = np.zeros((2, len(counts), seeds))
    for place, count in enumerate(counts):
        for seed in range(seeds):
            train, validation = sets.to_train(count, seed)
            model, _ = fine_tune(pretrained_features(), train, validation, seed=seed)
            transfer[place, seed] = sets.tested(model)
            scratch[place, seed] = sets.tested(_from_scratch(pretrained_features, train, len(set(labels)), seed))
    first, last = (f"{counts[n]} images {transfer[n].mean():.0%} against {scratch[n].mean():.0%}" for n in (0, -1))
    described(
        transfer_curves(np.array(counts), transfer, scratch),
        f"Test accuracy against labelled images per class, transfer and from scratch, with the spread of {seeds} "
        f"seeds: with {first}, with {last}.",
    )


class _Sets:
    """Datasets of few images of each class, drawn from the sides of a split."""

    def __init__(
        self, make_dataset: Answer, paths: Sequence[Any], labels: Sequence[int], sides: Mapping[str, Sequence[int]],
        image_size: tuple[int, int],
    ) -> None:
        self._make, self._paths, self._labels, self._sides = make_dataset, paths, np.asarray(labels), sides
        self._options = {"image_size": image_size, "batch_size": 32}

    def to_train(self, per_class: int, seed: int) -> tuple[Any, Any]:
        """Few training images of each class, and 8 to validate on."""
        train = self._make(*self._few("train", per_class, seed), training=True, seed=seed, **self._options)
        return train, self._make(*self._few("validation", 8, seed), training=False, seed=seed, **self._options)

    def tested(self, model: Any) -> float:
        """The share of right answers on up to 40 test images of each class, the same ones for every model."""
        paths, labels = self._few("test", 40, 0)
        images = self._make(paths, labels, training=False, seed=0, **self._options)
        return float(np.mean(model.predict(images, verbose=0).argmax(axis=1) == labels))

    def _few(self, side: str, per_class: int, seed: int) -> tuple[list[Any], list[int]]:
        rng, indices = np.random.default_rng(seed), np.asarray(self._sides[side])
        own = self._labels[indices]
        places = [rng.permutation(np.flatnonzero(own == label))[:per_class] for label in range(own.max() + 1)]
        chosen = indices[np.concatenate(places)]
        return [self._paths[index] for index in chosen], self._labels[chosen].tolist()


def _from_scratch(pretrained_features: Answer, train: Any, classes: int, seed: int, steps: int = 100) -> keras.Model:
    """The same network with random weights, all of it trained at once, at a rate that falls to zero."""
    keras.utils.set_random_seed(seed)
    network = keras.models.clone_model(pretrained_features())  # the layers, without what they have learned
    head = keras.layers.Dense(classes, activation="softmax")
    model = keras.Sequential([network, keras.layers.Dropout(0.2), head])
    rate = keras.optimizers.schedules.CosineDecay(0.006, steps)
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    model.fit(train.repeat(), epochs=1, steps_per_epoch=steps, verbose=0)
    return model


def _in_a_row(images: Sequence[Any], titles: Sequence[str], description: str) -> None:
    """Images in a row, with titles."""
    fig, axes = figure(len(images), width=1.15 * len(images), height=1.5)
    for axis, image, title in zip(np.ravel(axes), images, titles, strict=True):
        show(axis, image, title)
    described(fig, description)
