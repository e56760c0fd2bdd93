"""Public checks of split: how `split` divides files. They are written in the kernel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.checks.api import CheckFailure, Student, expect, in_kernel, misconceptions

from ..shared import Files, write_files

SIDES = ("train", "validation", "test")


def test_sides_that_are_disjoint_and_complete(student, rng):
    """Every image is on exactly one side."""
    expect_partition(student, *pictures(rng, (9, 8)), (0.6, 0.2, 0.2), [1])


def test_classes_are_divided_alike(student, rng):
    """Each class is divided by the fractions, in the order training, validation, test."""
    expect_stratified(student, *pictures(rng, (100, 40)), (0.7, 0.1, 0.2), [1, 2])


def test_copies_stay_together(student, rng):
    """Files with the same content are on the same side."""
    expect_no_duplicates(student, *pictures(rng, (30, 30), copies=10), (0.6, 0.2, 0.2), [1, 2])


def test_seeds(student, rng):
    """The same seed gives the same split, another seed another one."""
    expect_seeded_split(student, *pictures(rng, (30, 30)), (0.6, 0.2, 0.2), 3)


def pictures(
    rng: Any, counts: Sequence[int], copies: int = 0, other_label: int = 0
) -> tuple[dict[str, tuple[str, int]], list[int]]:
    """Files and labels of `counts` pictures a class, `copies` of them a class under a second name, mixed up.

    other_label: so many pictures have a copy in the next class's folder.
    """
    entries = []
    for label, count in enumerate(counts):
        numbers = [int(number) for number in rng.choice(1 << 30, count - copies - other_label, replace=False)]
        entries += [(label, number) for number in numbers + numbers[:copies]]
        entries += [((label + 1) % len(counts), number) for number in numbers[copies : copies + other_label]]
    entries = [entries[place] for place in rng.permutation(len(entries))]
    files = {f"class{label}/{place:03d}.png": ("picture", number) for place, (label, number) in enumerate(entries)}
    return files, [label for label, _ in entries]


def divided(
    student: Student, files: Files, labels: list[int], fractions: tuple[float, ...], seeds: Sequence[int],
    elsewhere: int | None = None,
) -> list[dict[str, list[int]]]:
    """What the notebook's `split` makes of the files, once for each seed: indices that exist, by side.

    elsewhere: see `run_split`.
    """
    kernel = in_kernel(student, run_split, write_files)
    seen = kernel.run_split(student.split, dict(files), labels, fractions, list(seeds), elsewhere)
    for sides in seen if isinstance(seen, list) else [None]:
        if not isinstance(sides, dict) or sorted(sides) != sorted(SIDES):
            message = 'split returns a dict with "train", "validation" and "test", each a list of indices.'
            keys = f"received a dict with {', '.join(map(str, sides))}" if isinstance(sides, dict) else ""
            raise CheckFailure(message, keys)
        indices = [index for side in sides.values() for index in side]
        expect(all(type(index) is int and 0 <= index < len(labels) for index in indices),
               "The split holds something that is not an index into paths.")
    return seen


def expect_partition(
    student: Student, files: Files, labels: list[int], fractions: tuple[float, ...], seeds: Sequence[int]
) -> None:
    """Passes when every index is on exactly one side."""
    for sides in divided(student, files, labels, fractions, seeds):
        count = Counter(index for side in sides.values() for index in side)
        expect(max(count.values(), default=0) < 2, "", diagnosis=misconceptions.SPLIT["sides-overlap"])
        expect(len(count) == len(labels), "", diagnosis=misconceptions.SPLIT["images-lost-in-rounding"])


def expect_stratified(
    student: Student, files: Files, labels: list[int], fractions: tuple[float, ...], seeds: Sequence[int]
) -> None:
    """Passes when each class has its fraction on each side, up to two images."""
    known = misconceptions.SPLIT
    for sides in divided(student, files, labels, fractions, seeds):
        total = [len(sides[side]) for side in SIDES]
        swapped = [fraction * len(labels) for fraction in (fractions[0], fractions[2], fractions[1])]
        expect(not all(abs(a - b) <= 4 for a, b in zip(total, swapped, strict=True)), "",
               diagnosis=known["validation-and-test-swapped"])
        allowed = 2 * len(set(labels))
        sized = all(abs(a - b * len(labels)) < allowed for a, b in zip(total, fractions, strict=True))
        expect(sized, "The sides are not as large as the fractions say.")
        for label in set(labels):
            for side, fraction in zip(SIDES, fractions, strict=True):
                count = sum(labels[index] == label for index in sides[side])
                expect(abs(count - fraction * labels.count(label)) < 2, "", diagnosis=known["not-stratified"])


def expect_no_duplicates(
    student: Student, files: Files, labels: list[int], fractions: tuple[float, ...], seeds: Sequence[int]
) -> None:
    """Passes when files with the same content are on the same side, and none was thrown away."""
    numbers, known = [number for _, number in files.values()], misconceptions.SPLIT
    places: dict[int, set[int]] = {}
    for index_, number in enumerate(numbers):
        places.setdefault(number, set()).add(index_)
    for sides in divided(student, files, labels, fractions, seeds):
        indices = [index_ for side in SIDES for index_ in sides[side]]
        # a few images on two sides are another check's; here they would hide whether copies stay together
        expect(len(indices) < 1.1 * len(set(indices)), "", diagnosis=known["sides-overlap"])
        count = Counter(indices)
        home = {index_: side for side in SIDES for index_ in sides[side] if count[index_] == 1}
        alike = [group for group in places.values() if len(group) > 1]
        apart = [group for group in alike if len({home[i] for i in group if i in home}) > 1]
        across = all(len({labels[i] for i in group}) > 1 for group in alike)
        expect(not apart, "", diagnosis=known[
            "identical-images-of-two-classes" if across and _keeps_copies(student) else "identical-images-apart"])
        lost = set(range(len(labels))) - count.keys()
        expect(not lost, "", diagnosis=known["copies-thrown-away"])


def _keeps_copies(student: Student) -> bool:
    """Whether copies within a class stay together: then those of two classes are what was not thought of."""
    files, labels = pictures(np.random.default_rng(1), (20, 20), copies=8)
    numbers = [number for _, number in files.values()]
    for sides in divided(student, files, labels, (0.5, 0.25, 0.25), [1, 2]):
        on = [{numbers[index] for index in sides[side]} for side in SIDES]
        if on[0] & on[1] or on[0] & on[2] or on[1] & on[2]:
            return False
    return True


def expect_seeded_split(
    student: Student, files: Files, labels: list[int], fractions: tuple[float, ...], seed: int
) -> None:
    """Passes when the same seed gives the same sides, and another one others.

    The same seed is asked again in another folder, and with other values of Python's `hash`, as in another session.
    """
    known = misconceptions.SPLIT
    seen = divided(student, files, labels, fractions, [seed, seed, seed + 1], elsewhere=seed)
    first, again, other, rehashed, moved = [{side: sorted(sides[side]) for side in SIDES} for sides in seen]
    expect(first == again, "", diagnosis=known["another-split-every-time"])
    expect(first == rehashed, "", diagnosis=known["hash-of-this-session"])
    expect(first == moved, "The same files in another folder are divided differently; the seed alone should decide.")
    expect(first != other, "", diagnosis=known["seed-without-effect"])


# Types are left out below: the source runs in the student's kernel, where nothing of this package need exist.


def run_split(split, files, labels, fractions, seeds, elsewhere=None):
    """What `split` makes of these files, for each seed: {side: [indices]}; None where it is something else.

    elsewhere: a seed that is asked twice more, with another `hash` and then in another folder.
    """
    import os
    import tempfile
    from unittest import mock

    def asked(folder, seed):
        paths = [os.path.join(folder, path) for path in files]
        answer = split(list(paths), list(labels), tuple(fractions), seed)
        try:
            return {str(side): [int(index) for index in indices] for side, indices in answer.items()}
        except (TypeError, ValueError, AttributeError):
            return None

    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        write_files(folder, files)
        answers = [asked(folder, seed) for seed in seeds]
        if elsewhere is not None:
            names = getattr(split, "__globals__", {})  # the notebook's, which have no `hash` but the built-in one
            session = {} if "hash" in names else {"hash": lambda value: hash(("another session", hash(value)))}
            with mock.patch.dict(names, session):
                answers.append(asked(folder, elsewhere))
            write_files(other, files)
            answers.append(asked(other, elsewhere))
    return answers
