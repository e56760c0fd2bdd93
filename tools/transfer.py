"""Measures what the networks of `course/weights/` are worth: few labelled images, with and without them.

    python -m tools.transfer mnist                                       # other handwriting: scikit-learn's digits
    CNN_COURSE_DATA=../shared/data python -m tools.transfer cifar6       # other classes of the CIFAR-10 pictures

For every seed other images are drawn to learn from, and the test images are altered otherwise. Fine-tuning is the
reference's; from scratch, the same network learns with random weights, all layers at once. Writes NAME.json beside the
weights; single parts may be added to it: `python -m tools.transfer mnist 10 check`. For `mnist` it holds the threshold
of the task `fine-tune`: the mean less four standard deviations of the reference's accuracy on the problem that the
task's checks pose.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograder.datasets import find_images
from autograder.datasets.weights import load_pretrained
from autograder.training import alter
from course.transfer_learning.fine_tune import public as tuning
from course.transfer_learning.fine_tune.reference import fine_tune
from course.transfer_learning.shared import build_features, expected_pixels

from .pretrain import FOLDER, RECIPES, write

SEEDS = 10
BATCH = 32
SCRATCH_STEPS, SCRATCH_RATE = 300, 6e-3  # the rate falls to zero along a half cosine
PARTS = {"mnist": ("check", "5", "10", "20", "50", "100"), "cifar6": ("10", "30", "100")}
TEST_PICTURES = 250  # of each class


def digits(seed: int, per_class: int) -> tuning.Problem:
    """All ten digits, few of each to learn from."""
    return tuning.problem(seed, classes=10, per_class=per_class)


def other_pictures(seed: int, per_class: int) -> tuning.Problem:
    """The four classes of CIFAR-10 that the pretrained network has not seen."""
    rng, images = np.random.default_rng(seed), find_images("cifar10")
    known = RECIPES["cifar6"].classes or ()
    chosen = [number for number, name in enumerate(images.classes) if name not in known]

    def places(labels: np.ndarray) -> list[np.ndarray]:
        return [rng.permutation(np.flatnonzero(labels == number)) for number in chosen]

    def part(pixels: np.ndarray, groups: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        labels = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        return expected_pixels(pixels[np.concatenate(groups)]), labels

    own, others = places(images.train_labels), places(images.test_labels)
    altered = alter(images.test_images[np.concatenate([group[:TEST_PICTURES] for group in others])], rng)
    return tuning.Problem(
        part(images.train_images, [group[:per_class] for group in own]),
        part(images.train_images, [group[per_class : per_class + tuning.VALIDATION] for group in own]),
        expected_pixels(altered), np.repeat(np.arange(len(chosen)), TEST_PICTURES),
    )


PROBLEMS: dict[str, Callable[..., tuning.Problem]] = {"mnist": digits, "cifar6": other_pictures}


def accuracy(model: Any, problem: tuning.Problem) -> float:
    answers = model.predict(problem.test_images, batch_size=256, verbose=0)
    return float(np.mean(answers.argmax(axis=1) == problem.test_labels))


def transferred(problem: tuning.Problem, weights: dict[str, np.ndarray], seed: int) -> float:
    """The accuracy of the reference's fine-tuning."""
    import tensorflow as tf

    train = tf.data.Dataset.from_tensor_slices(problem.train).shuffle(len(problem.train[1]), seed=seed).batch(BATCH)
    validation = tf.data.Dataset.from_tensor_slices(problem.validation).batch(BATCH)
    return accuracy(fine_tune(build_features(weights=weights), train, validation, seed=seed)[0], problem)


def from_scratch(problem: tuning.Problem, weights: dict[str, np.ndarray], seed: int) -> float:
    """The accuracy of the same network that starts with random weights."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    features = build_features(widths=tuple(weights[f"conv{number}/kernel"].shape[-1] for number in range(1, 6)))
    classes = int(problem.train[1].max()) + 1
    head = keras.layers.Dense(classes, activation="softmax")
    model = keras.Sequential([features, keras.layers.Dropout(0.2), head])
    rate = keras.optimizers.schedules.CosineDecay(SCRATCH_RATE, SCRATCH_STEPS)
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    train = tf.data.Dataset.from_tensor_slices(problem.train).shuffle(len(problem.train[1]), seed=seed).repeat()
    model.fit(train.batch(BATCH), epochs=1, steps_per_epoch=SCRATCH_STEPS, verbose=0)
    return accuracy(model, problem)


def both(name: str, make: Callable[[int], tuning.Problem], what: str) -> dict[str, list[float]]:
    """Accuracies of both ways over the seeds, printed as they come."""
    weights, found = load_pretrained(name), {"transfer": [], "scratch": []}
    for seed in range(SEEDS):
        problem = make(seed)
        found["transfer"].append(round(transferred(problem, weights, seed), 4))
        found["scratch"].append(round(from_scratch(problem, weights, seed), 4))
        print(f"{what}, seed {seed}: {found['transfer'][-1]:.3f}, scratch {found['scratch'][-1]:.3f}", flush=True)
    return found


def spread(values: list[float]) -> str:
    return f"{np.mean(values):.1%} ± {np.std(values, ddof=1):.1%}"


def main(arguments: list[str] | None = None) -> int:
    import keras

    parser = argparse.ArgumentParser(description="Measures transfer against training from scratch.")
    parser.add_argument("name", choices=sorted(PARTS))
    parser.add_argument("parts", nargs="*", help="numbers of images, or check for the task's problem; all by default")
    asked = parser.parse_args(arguments)
    path = FOLDER / f"{asked.name}.json"
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"by_count": {}}
    kept |= {"command": f"python -m tools.transfer {asked.name}", "keras": keras.__version__, "seeds": SEEDS}
    for part in asked.parts or PARTS[asked.name]:
        if part == "check":
            kept["check"] = found = both(asked.name, tuning.problem, "the task's problem")
            mean, deviation = np.mean(found["transfer"]), np.std(found["transfer"], ddof=1)
            kept["threshold"] = round(float(mean - 4 * deviation), 3)
            kept["margin"] = round(kept["threshold"] - float(np.mean(found["scratch"])), 3)
        else:
            make = partial(PROBLEMS[asked.name], per_class=int(part))
            kept["by_count"][part] = both(asked.name, make, f"{part} a class")
        kept["by_count"] = dict(sorted(kept["by_count"].items(), key=lambda item: int(item[0])))
        write(path, (json.dumps(kept, indent=1) + "\n").encode())
    print(table(kept))
    return 0


def table(kept: dict[str, Any]) -> str:
    """What was measured, as a table in Markdown."""
    rows = list(kept["by_count"].items()) + ([("the task's problem", kept["check"])] if "check" in kept else [])
    lines = ["| labelled images per class | transfer | from scratch |", "|---|---|---|"]
    lines += [f"| {name} | {spread(found['transfer'])} | {spread(found['scratch'])} |" for name, found in rows]
    if "threshold" in kept:
        margin = f"{100 * kept['margin']:.0f} points above training from scratch"
        lines.append(f"\nThreshold {kept['threshold']:.1%}, {margin}.")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
