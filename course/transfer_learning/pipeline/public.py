"""Public checks of pipeline: what `make_dataset` gives for pictures that were written as files in the kernel."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from autograder.checks.api import (
    CheckFailure,
    Student,
    current,
    expect,
    expect_close,
    if_it_raises,
    in_kernel,
    misconceptions,
    once,
)

from ..shared import expected_pixels

SIZE = (24, 24)
COUNT, BATCH = 96, 16  # what one test asks about is left alone by the others: no side is longer, no batch smaller
ENOUGH_KNOWN = 0.25  # of all images: with labels of other images it would be a hundredth
SAME_COLOUR = 0.1  # of the 2 from -1 to 1; two colours of a card differ by more than that
WENT_FAR = 0.1  # of an image's pixels that cannot be known again: turned by 45 degrees it is a quarter
FEWEST_MOVED = 0.5  # of all images: how far an image has to come forward in a thorough shuffle
SCALES = {
    "zero-to-one": lambda pixels: pixels / 255,
    "not-scaled": lambda pixels: pixels,
    "minus-one-to-zero": lambda pixels: pixels / 255 - 1,
    "scaled-twice": lambda pixels: pixels / 255 / 127.5 - 1,
    "halved-around-zero": lambda pixels: pixels / 255 - 0.5,
    "blue-first": lambda pixels: pixels[..., ::-1] / 127.5 - 1,
}


def test_pixels(student, rng):
    """Pixels are float32 in [-1, 1], in three channels."""
    expect_pixels(student, rng)


def test_sizes(student, rng):
    """Images of any size become (height, width), and none is dropped."""
    expect_resized(student, rng)


def test_training(student):
    """In training the images come with their labels, shuffled anew and augmented anew in every epoch."""
    expect_labels(student)
    expect_shuffled(student)
    expect_augmented(student)


def test_evaluation(student):
    """Without training the images come as they are, in the given order."""
    expect_plain_evaluation(student)


def piped(student: Student, images: Any, labels: Any, suffix: str = "png", passes: int = 1, **options: Any) -> Any:
    """The report of `run_pipeline`, its shapes looked through."""
    kernel = in_kernel(student, run_pipeline, write_arrays)
    report = kernel.run_pipeline(student.make_dataset, list(images), list(labels), suffix, options, passes)
    told = report.get("passes") if isinstance(report, dict) else None
    if not isinstance(told, list) or len(told) != passes or not all(isinstance(seen, dict) for seen in told):
        raise CheckFailure("make_dataset returns a tf.data.Dataset; something else came.")
    return {"passes": [an_epoch(seen, len(images)) for seen in told], "prefetches": report.get("prefetches") is True}


def an_epoch(told: dict[str, Any], count: int) -> dict[str, Any]:
    """A pass that the kernel told of, its shapes looked through: `images`, `labels`, `sizes` of the batches, `dtype`.

    Labels that were `one_hot` rows are their numbers here; where `more` came when every image could have come once, it
    is left out.
    """
    values, numbers, sizes = told.get("images"), told.get("labels"), told.get("sizes")
    expect(isinstance(values, np.ndarray) and isinstance(numbers, np.ndarray), "The batches differ in shape.")
    expect(numbers.dtype.kind in "biuf" and bool(np.isfinite(numbers).all()), "The labels should be numbers.")
    one_hot = are_one_hot(numbers)
    numbers = numbers.argmax(axis=1) if one_hot else numbers.reshape(-1).astype(np.int64)
    expect(values.ndim == 4 and values.shape[-1] == 3 and len(values) == len(numbers),
           "A batch is (N, height, width, 3) with N labels.")
    if not isinstance(sizes, list) or not all(isinstance(size, int) for size in sizes) or sum(sizes) != len(values):
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    more = sum(sizes[:-1]) >= count
    sizes = sizes[:-1] if more else sizes
    values, numbers = values[: sum(sizes)], numbers[: sum(sizes)]
    return {"images": values.astype(np.float32), "labels": numbers, "sizes": sizes, "dtype": values.dtype,
            "one_hot": one_hot, "more": more}


def are_one_hot(labels: np.ndarray) -> bool:
    """Whether labels are rows of zeros with one other number."""
    return labels.ndim == 2 and labels.shape[1] > 1 and bool(np.all((labels != 0).sum(axis=1) == 1))


def expect_pixels(student: Student, rng: np.random.Generator) -> None:
    """Passes when pixels are scaled as the networks expect, and grey files get three channels."""
    images = list(rng.integers(0, 256, (6, *SIZE, 3), dtype=np.uint8))
    known = misconceptions.PIPELINE
    options: dict[str, Any] = {"image_size": SIZE, "batch_size": 3, "training": False, "seed": 0}
    (seen,) = piped(student, images, range(6), **options)["passes"]
    right, got = expected_pixels(np.stack(images)), seen["images"]
    if got.shape == right.shape:
        for id, scale in SCALES.items():
            wrong = scale(np.stack(images).astype(np.float32))
            expect(not np.allclose(got, wrong, atol=1e-3), "", diagnosis=known[id])
        own = [abs(image.mean()) < 0.01 and abs(image.std() - 1) < 0.05 for image in got]
        expect(not all(own), "", diagnosis=known["standardised-one-by-one"])
    expect_close(got, right, atol=0.01, what="the batch of images that need no resizing")
    images[2] = images[2][..., 0].copy()
    with if_it_raises(known["channels-as-in-the-file"]):
        (seen,) = piped(student, images, range(6), **options)["passes"]
    expect(seen["dtype"] == np.float32, "The images should be float32.")


def expect_resized(student: Student, rng: np.random.Generator) -> None:
    """Passes when images of several sizes get (height, width), upright, and the last batch is kept."""
    known, size = misconceptions.PIPELINE, (18, 30)
    images = []
    for height, width in rng.integers(20, 60, (7, 2)):
        image = np.full((height, width, 3), 30, np.uint8)
        image[: height // 2] = 220
        images.append(image)
    options: dict[str, Any] = {"image_size": size, "batch_size": 3, "training": False, "seed": 0}
    (seen,) = piped(student, images, range(7), "jpg", **options)["passes"]
    got = seen["images"]
    expect(got.shape[1:3] != size[::-1], "", diagnosis=known["width-before-height"])
    expect(got.shape[1:3] == size, f"The images should be {size[0]} high and {size[1]} wide.")
    expect(not seen["more"], "", diagnosis=known["repeated"])
    expect(len(got) != 6, "", diagnosis=known["last-batch-dropped"])
    expect(seen["sizes"] == [3, 3, 1], "The batches do not have the sizes asked for.")
    upright = got[:, : size[0] // 3].mean(axis=(1, 2, 3)) > got[:, -size[0] // 3 :].mean(axis=(1, 2, 3))
    expect(bool(upright.all()), "A resized image does not look like the one in its file.")


# --- images that are known again, however they were moved ------------------------------------------------------------


def cards(rng: np.random.Generator, count: int = COUNT) -> np.ndarray:
    """Images whose left and right halves have colours of their own, by which each is known again."""
    grid = rng.permutation(5**4)[:count]
    images = np.empty((count, *SIZE, 3), np.uint8)
    for image, code in zip(images, grid, strict=True):
        a, b, c, d = (20 + 50 * (code // 5**power % 5) for power in range(4))
        image[:, : SIZE[1] // 2] = (250, a, b)
        image[:, SIZE[1] // 2 :] = (c, d, 10)
        image[3:8, 3:8] = 10  # without it, an enlarged card would look like itself
    return images


def known_again(seen: np.ndarray, originals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each image that was seen, the index of its original, and whether it was mirrored."""

    def halves(images: np.ndarray) -> np.ndarray:
        height, width = images.shape[1:3]
        rows = slice(height // 3, -(height // 3))
        parts = images[:, rows, width // 8 : 3 * width // 8], images[:, rows, -3 * width // 8 : -width // 8]
        found = np.concatenate([np.median(part, axis=(1, 2)) for part in parts], axis=1)
        return (found - found.mean()) / (found.std() + 1e-12)  # however the pixels are scaled

    found, own = halves(seen), halves(expected_pixels(originals))
    turned = np.concatenate([own[:, 3:], own[:, :3]], axis=1)
    distances = np.linalg.norm(found[:, None] - np.concatenate([own, turned])[None], axis=-1)
    nearest = distances.argmin(axis=1)
    return nearest % len(originals), nearest >= len(originals)


def course(student: Student, *, training: bool) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    """Two passes over cards whose labels are their numbers: the report, cards, labels.

    Asked once for all tests of a submission.
    """
    seed = zlib.crc32(current().seed)
    originals = cards(np.random.default_rng(seed))
    labels = np.arange(COUNT)
    options: dict[str, Any] = {"image_size": SIZE, "batch_size": BATCH, "training": training, "seed": seed % 1000}

    def ask() -> Any:
        return piped(student, originals, labels.tolist(), passes=2, **options)

    report = once(student, ("pipeline", training, seed), ask)
    for seen in report["passes"]:
        expect(seen["images"].shape == (COUNT, *SIZE, 3), "In an epoch every image comes once, in the size asked for.")
    return report, originals, labels


def expect_plain_evaluation(student: Student) -> None:
    """Passes when without training the images come as they are, in order, in every pass."""
    known = misconceptions.PIPELINE
    report, _, labels = course(student, training=False)
    first, second = report["passes"]
    expect(len(first["images"]) == COUNT, "Without training every image comes once, too.")
    if np.array_equal(np.sort(first["labels"]), labels):
        expect(np.array_equal(first["labels"], labels), "", diagnosis=known["validation-shuffled"])
    expect(np.array_equal(first["labels"], labels), "The labels are not those that were given.")
    same = np.array_equal(first["images"], second["images"])
    spread = first["images"][:, SIZE[0] // 2 : -2, 2 : SIZE[1] // 2 - 4].std(axis=(1, 2)).max()
    expect(same and spread < 0.02, "", diagnosis=known["validation-augmented"])


def numbered(seen: dict[str, Any], originals: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
    """Which card each image of a pass is, whether it was mirrored, and whether all can be known again.

    Where the augmentation is too strong for that, but every label comes once and belongs to what can be known again,
    the labels say which card it is.
    """
    which, mirrored = known_again(seen["images"], originals)
    every = np.arange(COUNT)
    if np.array_equal(np.sort(which), every):
        return which, mirrored, True
    labelled = np.array_equal(np.sort(seen["labels"]), every) and (seen["labels"] == which).mean() > ENOUGH_KNOWN
    expect(labelled, "Not every image comes once in an epoch, or not so that it can be known again.")
    return seen["labels"], mirrored, False


def went_far(seen: np.ndarray, which: np.ndarray, originals: np.ndarray) -> bool:
    """Whether the images that cannot be known again have the colours of their cards in other places.

    Moving and turning leave them so. Brightness, contrast and noise leave other colours, and what is erased in part
    keeps the rest where it was. which: the index of each image's original.
    """
    lost = known_again(seen, originals)[0] != which
    found, cards_of_them = seen[lost], expected_pixels(originals)[which[lost]]
    colours = np.stack([cards_of_them[:, -1, 0], cards_of_them[:, -1, -1], cards_of_them[:, 5, 5]], axis=1)
    one_of_them = np.abs(found[:, :, :, None] - colours[:, None, None]).max(axis=-1).min(axis=-1) < SAME_COLOUR
    elsewhere = [
        (one_of_them & (np.abs(found - card).max(axis=-1) > SAME_COLOUR)).mean(axis=(1, 2))
        for card in (cards_of_them, cards_of_them[:, :, ::-1])  # a mirrored one went nowhere
    ]
    return bool(lost.any() and np.minimum(*elsewhere).mean() > WENT_FAR)


def expect_labels(student: Student) -> None:
    """Passes when in training every image comes once per pass, with its own label."""
    known = misconceptions.PIPELINE
    report, originals, labels = course(student, training=True)
    first = report["passes"][0]
    expect(not first["more"], "", diagnosis=known["repeated"])
    expect(not first["one_hot"], "", diagnosis=known["one-hot-labels"])
    which, _, _ = numbered(first, originals)
    given = np.array_equal(np.sort(first["labels"]), labels)
    expect(np.array_equal(first["labels"], which), "The labels are not those that were given.",
           diagnosis=known["labels-of-other-images"] if given else None)


def expect_shuffled(student: Student) -> None:
    """Passes when all images are shuffled, in another order in every pass."""
    known = misconceptions.PIPELINE
    report, originals, _ = course(student, training=True)
    orders = [numbered(seen, originals)[0] for seen in report["passes"]]
    in_order = [np.array_equal(order, np.arange(len(order))) for order in orders]
    expect(not all(in_order), "", diagnosis=known["not-shuffled"])
    expect(not np.array_equal(orders[0], orders[1]), "", diagnosis=known["same-order-in-every-epoch"])
    forward = max(int((order - np.arange(len(order))).max()) for order in orders)
    expect(forward >= FEWEST_MOVED * COUNT, "", diagnosis=known["buffer-too-small"])
    batches = [order.reshape(-1, BATCH) for order in orders]
    neighbours = all(np.all(one.max(axis=1) - one.min(axis=1) < BATCH) for one in batches)
    expect(not neighbours, "", diagnosis=known["batches-shuffled"])


def expect_augmented(student: Student) -> None:
    """Passes when the same image is another one in every pass, never mirrored, and can still be known again."""
    known = misconceptions.PIPELINE
    report, originals, _ = course(student, training=True)
    looks = []
    for seen in report["passes"]:
        which, mirrored, recognised = numbered(seen, originals)
        far = known["augmented-too-far"] if not recognised and went_far(seen["images"], which, originals) else None
        expect(recognised, "The augmented images can hardly be known again.", diagnosis=far)
        expect(not mirrored.mean() > 0.1, "", diagnosis=known["mirrored"])
        looks.append(seen["images"][np.argsort(which, kind="stable")])
    plain = [np.abs(look - expected_pixels(originals)).mean(axis=(1, 2, 3)) < 0.01 for look in looks]
    expect(not min(one.mean() for one in plain) > 0.9, "", diagnosis=known["never-augmented"])
    alike = np.abs(looks[0] - looks[1]).mean(axis=(1, 2, 3)) < 1e-6
    expect(not alike.mean() > 0.9, "", diagnosis=known["augmented-once"])


def expect_seeded_order(student: Student) -> None:
    """Passes when a second pipeline with the same seed begins with the same order."""
    orders = []
    originals = cards(np.random.default_rng(5))
    for _ in range(2):
        options: dict[str, Any] = {"image_size": SIZE, "batch_size": BATCH, "training": True, "seed": 11}
        (seen,) = piped(student, originals, range(COUNT), **options)["passes"]
        orders.append(seen["labels"])
    expect(np.array_equal(np.sort(orders[0]), np.arange(COUNT)), "Not every image comes once in an epoch.")
    expect(not np.array_equal(orders[0], np.arange(COUNT)), "In training the images should be shuffled.")
    expect(np.array_equal(orders[0], orders[1]), "", diagnosis=misconceptions.PIPELINE["seed-not-used"])


def expect_prefetched(student: Student) -> None:
    """Passes when the pipeline prefetches, beside giving all images; in training alone is enough."""
    for training in (False, True):  # an augmentation that cannot run has its price elsewhere
        report, _, labels = course(student, training=training)
        same = np.array_equal(np.sort(report["passes"][0]["labels"]), labels)
        expect(same, "In an epoch the labels are not those that were given.")
        if report["prefetches"]:
            return
    expect(False, "", diagnosis=misconceptions.PIPELINE["not-prefetched"])


# Types are left out below: the source runs in the student's kernel, where nothing of this package need exist.


def run_pipeline(make_dataset, images, labels, suffix, options, passes):
    """What `make_dataset` gives for images (a list of uint8 arrays) written as files, over several passes.

    For each pass the images, the labels as they come, and the sizes of the batches, with one batch more than it takes
    for every image to come once, if there is one; besides, whether any part of the pipeline prefetches.
    """
    import tempfile

    import numpy

    report = {"passes": [], "prefetches": False}
    with tempfile.TemporaryDirectory() as folder:
        paths = write_arrays(folder, images, suffix)
        dataset = make_dataset(paths, list(labels), **options)
        layers = [dataset]
        while layers:
            layer = layers.pop()
            report["prefetches"] |= "prefetch" in type(layer).__name__.lower()
            layers += list(layer._inputs()) if hasattr(layer, "_inputs") else []
        for _ in range(passes):
            seen = []
            for batch, numbers in dataset:
                enough = sum(len(earlier) for earlier, _ in seen) >= len(images)
                seen.append((numpy.asarray(batch), numpy.asarray(numbers)))
                if enough:
                    break
            joined = [
                numpy.concatenate(parts) if len({part.shape[1:] for part in parts}) == 1 else None
                for parts in ([batch for batch, _ in seen], [numbers for _, numbers in seen])
            ]
            sizes = [len(batch) for batch, _ in seen]
            report["passes"].append({"images": joined[0], "labels": joined[1], "sizes": sizes})
    return report


def write_arrays(folder, images, suffix):
    """Writes uint8 arrays as files, grey or in colour; returns their paths."""
    import os

    from PIL import Image

    paths = []
    for number, image in enumerate(images):
        paths.append(os.path.join(folder, f"{number:04d}.{suffix}"))
        Image.fromarray(image).save(paths[-1], **({"quality": 95} if suffix == "jpg" else {}))
    return paths
