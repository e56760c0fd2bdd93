"""Class folders: what `index_images` says of one, and how `split` divides it. The files are written in the kernel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from ..api import CheckFailure, Student, expect, expect_equal, expect_raises, if_it_raises, in_kernel, misconceptions
from ..probes import transfer as probes

Files = Mapping[str, tuple[str, int]]
SUFFIXES = (".jpg", ".jpeg", ".png")
SIDES = ("train", "validation", "test")
CLASSES = ("fern", "moss", "ash", "yew", "birch", "Elm")


def folder_of(rng: Any, classes: Sequence[str], count: int = 100, more: int = 4) -> dict[str, tuple[str, int]]:
    """Files of `count` pictures a class, in an order that is not alphabetical, and `more` with rarer endings."""
    suffixes = [*rng.choice(["jpg", "png"], count), *rng.choice(["JPG", "jpeg", "PNG"], more)]
    names = [f"{number}.{suffix}" for number, suffix in enumerate(suffixes)]
    return {
        f"{name}/{file}": ("picture", int(rng.integers(1 << 30))) for name in classes for file in rng.permutation(names)
    }


# --- dataset -------------------------------------------------------------------------------------------------------


def index(student: Student, files: Files) -> dict[str, Any]:
    """What the notebook's `index_images` says of a folder with these files; see `probes.run_index`."""
    known = misconceptions.DATASET
    kernel = in_kernel(student, probes.run_index, probes.write_files)
    bad = any(kind != "picture" for path, (kind, _) in files.items() if path.lower().endswith(SUFFIXES))
    if bad:
        with if_it_raises(known["stops-at-a-corrupt-file"], "OSError", "SyntaxError", "InvalidArgumentError"):
            seen = kernel.run_index(student.index_images, dict(files))
    else:
        seen = kernel.run_index(student.index_images, dict(files))
    parts = ("paths", "labels", "class_names", "warnings")
    if not isinstance(seen, dict) or any(not isinstance(seen.get(part), list) for part in parts):
        raise CheckFailure("index_images returns paths, labels and class_names, in this order; something else came.")
    return seen


def expect_index(student: Student, files: Files, *, only: str | None = None) -> None:
    """Passes when exactly the pictures are listed, class by class, sorted, with their labels."""
    seen, known = index(student, files), misconceptions.DATASET
    listed = [path for path in files if path.lower().endswith(SUFFIXES) and path[0] != "."]
    right = sorted((path for path in listed if files[path][0] == "picture"), key=lambda path: path.split("/"))
    names = sorted({path.split("/")[0] for path in right})
    if sorted(map(str, seen["class_names"])) == names:
        expect(seen["class_names"] == names, "", diagnosis=known["classes-in-any-order"])
    expect_equal(seen["class_names"], names, what="class_names")
    if only == "class_names":
        return
    paths = seen["paths"]
    extra = set(paths) - set(right)
    expect(not any(path in listed for path in extra), "", diagnosis=_why_kept(files, extra))
    expect(not any(path in files for path in extra), "", diagnosis=known["other-files-listed"])
    missed = set(right) - set(paths)
    expect(not (missed and all(path.rsplit(".")[-1] not in ("jpg", "png") for path in missed)), "",
           diagnosis=known["some-endings-only"])
    expect(set(paths) == set(right), "Not all images are listed, or others are.")
    expect(sorted(paths) != sorted(right) or paths == right or _mixed(paths),
           "", diagnosis=known["files-in-any-order"])
    expect(paths == right, "The paths are not in the order asked for: class by class, sorted by name.")
    expected = [names.index(path.split("/")[0]) for path in right]
    expect([label - 1 for label in seen["labels"]] != expected, "", diagnosis=known["labels-from-one"])
    expect(seen["labels"] == expected, "The labels are not the indices of the images' classes in class_names.")


def _why_kept(files: Files, extra: set[str]) -> Any:
    """A file that was cut short still has its header; other unreadable files have nothing at all."""
    kinds = {files[path][0] for path in extra if path in files}
    return misconceptions.DATASET["header-is-enough" if kinds == {"cut"} else "unreadable-files-listed"]


def _mixed(paths: list[str]) -> bool:
    """Whether images of different classes take turns, so that more is wrong than the order within a class."""
    classes = [path.split("/")[0] for path in paths]
    return sum(a != b for a, b in pairwise(classes)) >= len(set(classes))


def expect_warnings(student: Student, files: Files, names: Sequence[str]) -> None:
    """Passes when for each of the names some warning holds it."""
    seen, known = index(student, files), misconceptions.DATASET
    said = [str(text) for text in seen["warnings"]]
    listed = {str(path).split("/")[-1] for path in seen["paths"]} & set(names)
    expect(not listed, "", diagnosis=known["unreadable-files-listed"])
    expect(bool(said), "", diagnosis=known["left-out-in-silence"])
    expect(all(any(name in text for text in said) for name in names), "No warning names the file that was left out.")


def expect_refused(student: Student, files: Files, name: str) -> None:
    """Passes when a class of which one picture goes, or is spoilt, is refused by name.

    files: a folder in which class `name` has exactly as many pictures as are needed.
    """
    known = misconceptions.DATASET
    expect_index(student, files, only="class_names")
    last = [path for path in files if path.startswith(f"{name}/")][-1]
    with expect_raises("ValueError", naming=name):
        index(student, {path: about for path, about in files.items() if path != last})
        expect(False, "", diagnosis=known["too-few-are-accepted"])
    with expect_raises("ValueError", naming=name):
        listed = last in index(student, {**files, last: ("text", 0)})["paths"]
        expect(False, "", diagnosis=known["unreadable-files-listed" if listed else "unreadable-files-counted"])


# --- split ---------------------------------------------------------------------------------------------------------


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
    student: Student, files: Files, labels: list[int], fractions: tuple[float, ...], seeds: Sequence[int]
) -> list[dict[str, list[int]]]:
    """What the notebook's `split` makes of the files, once for each seed: indices that exist, by side."""
    kernel = in_kernel(student, probes.run_split, probes.write_files)
    seen = kernel.run_split(student.split, dict(files), labels, fractions, list(seeds))
    for sides in seen if isinstance(seen, list) else [None]:
        if not isinstance(sides, dict) or sorted(sides) != sorted(SIDES):
            message = 'split returns a dict with "train", "validation" and "test", each a list of indices.'
            raise CheckFailure(message)
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
        expect(len(indices) == len(set(indices)), "", diagnosis=known["sides-overlap"])
        home = {index_: side for side in SIDES for index_ in sides[side]}
        alike = [group for group in places.values() if len(group) > 1]
        apart = [group for group in alike if len({home[i] for i in group if i in home}) > 1]
        across = all(len({labels[i] for i in group}) > 1 for group in alike)
        expect(not apart, "", diagnosis=known[
            "identical-images-of-two-classes" if across and _keeps_copies(student) else "identical-images-apart"])
        lost = set(range(len(labels))) - home.keys()
        expect(not lost, "", diagnosis=known["copies-thrown-away"])


def _keeps_copies(student: Student) -> bool:
    """Whether copies within a class stay together: then those of two classes are what was not thought of."""
    import numpy as np

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
    """Passes when the same seed gives the same sides, and another one others."""
    first, again, other = [
        {side: sorted(sides[side]) for side in SIDES}
        for sides in divided(student, files, labels, fractions, [seed, seed, seed + 1])
    ]
    expect(first == again, "", diagnosis=misconceptions.SPLIT["another-split-every-time"])
    expect(first != other, "", diagnosis=misconceptions.SPLIT["seed-without-effect"])
