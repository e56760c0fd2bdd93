"""Public checks of dataset: what `index_images` says of class folders. The files are written in the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from autograder.checks.api import (
    CheckFailure,
    Student,
    expect,
    expect_equal,
    expect_raises,
    if_it_raises,
    in_kernel,
    misconceptions,
)

from ..shared import Files, write_files

SUFFIXES = (".jpg", ".jpeg", ".png")
LISTS = "three lists: texts, whole numbers, texts"
CLASSES = ("fern", "moss", "ash", "yew", "birch", "Elm")


def test_two_classes(student, rng):
    """Images are listed class by class, sorted by name, with the index of their class as label."""
    expect_index(student, folder_of(rng, ("pear", "apple", "fig")) | {"apple/notes.txt": ("text", 0)})


def test_a_corrupt_file(student, rng):
    """A file that cannot be decoded is left out, with a warning that names it."""
    files = folder_of(rng, ("pear", "apple")) | {"pear/broken.png": ("text", 0), "apple/half.jpg": ("cut", 1)}
    expect_index(student, files)
    expect_warnings(student, files, ["broken.png", "half.jpg"])


def test_a_class_with_too_few(student, rng):
    """A class with fewer than 100 readable images is refused with a ValueError that names it."""
    expect_refused(student, folder_of(rng, ("pear", "apple"), more=0), "pear")


def folder_of(rng: Any, classes: Sequence[str], count: int = 100, more: int = 4) -> dict[str, tuple[str, int]]:
    """Files of `count` pictures a class, in an order that is not alphabetical, and `more` with rarer endings."""
    suffixes = [*rng.choice(["jpg", "png"], count), *rng.choice(["JPG", "jpeg", "PNG"], more)]
    names = [f"{number}.{suffix}" for number, suffix in enumerate(suffixes)]
    return {
        f"{name}/{file}": ("picture", int(rng.integers(1 << 30))) for name in classes for file in rng.permutation(names)
    }


def index(student: Student, files: Files) -> dict[str, Any]:
    """What the notebook's `index_images` says of a folder with these files; see `run_index`."""
    known = misconceptions.DATASET
    kernel = in_kernel(student, run_index, write_files)
    bad = any(kind != "picture" for path, (kind, _) in files.items() if path.lower().endswith(SUFFIXES))
    if bad:
        with if_it_raises(known["stops-at-a-corrupt-file"], "OSError", "SyntaxError", "InvalidArgumentError"):
            seen = kernel.run_index(student.index_images, dict(files))
    else:
        seen = kernel.run_index(student.index_images, dict(files))
    parts = ("paths", "labels", "class_names", "warnings")
    if not isinstance(seen, dict) or any(not isinstance(seen.get(part), list) for part in parts):
        raise CheckFailure("index_images returns paths, labels and class_names, in this order; something else came.",
                           LISTS)
    return seen


def expect_index(student: Student, files: Files, *, only: str | None = None) -> None:
    """Passes when exactly the pictures are listed, class by class, sorted, with their labels.

    The classes' own order is looked at with `only="class_names"`, and then nothing else.
    """
    seen, known = index(student, files), misconceptions.DATASET
    listed = [path for path in files if path.lower().endswith(SUFFIXES) and path[0] != "." and path.count("/") == 1]
    names = sorted({path.split("/")[0] for path in listed if files[path][0] == "picture"})
    if sorted(map(str, seen["class_names"])) != names:
        expect_equal(seen["class_names"], names, what="class_names")
        raise CheckFailure("The names in class_names are not written as the folders are.")
    if only == "class_names":
        expect(seen["class_names"] == names, "", diagnosis=known["classes-in-any-order"])
        return
    names = seen["class_names"]
    right = sorted((path for path in listed if files[path][0] == "picture"),
                   key=lambda path: (names.index(path.split("/")[0]), path))
    paths = seen["paths"]
    extra = set(paths) - set(right)
    expect(not any(path in listed for path in extra), "", diagnosis=_why_kept(files, extra))
    expect(not any(path in files for path in extra), "", diagnosis=known["other-files-listed"])
    missed = set(right) - set(paths)
    expect(not (missed and all(path.rsplit(".")[-1] not in ("jpg", "png") for path in missed)), "",
           diagnosis=known["some-endings-only"])
    expect(set(paths) == set(right), "Not all images are listed, or others are.")
    by_number = paths == sorted(right, key=lambda path: (names.index(path.split("/")[0]), _number(path), path))
    expect(not by_number or paths == right, "The files are sorted as numbers; `sorted` puts 10.png before 9.png.")
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


def _number(path: str) -> int:
    """The number in a file's name."""
    return int("0" + "".join(letter for letter in path.split("/")[-1] if letter.isdigit()))


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
    names = index(student, files)["class_names"]
    expect(name in names, "A class with exactly 100 readable images is among the classes.")
    last = [path for path in files if path.startswith(f"{name}/")][-1]
    with expect_raises("ValueError", naming=name, named="class", about="a class with 99 readable images"):
        index(student, {path: about for path, about in files.items() if path != last})
        expect(False, "", diagnosis=known["too-few-are-accepted"])
    with expect_raises("ValueError", naming=name):
        listed = last in index(student, {**files, last: ("text", 0)})["paths"]
        expect(False, "", diagnosis=known["unreadable-files-listed" if listed else "unreadable-files-counted"])


# Types are left out below: the source runs in the student's kernel, where nothing of this package need exist.


def run_index(index_images, files):
    """What `index_images` says of a folder with these files: paths relative to it, labels, class names, warnings.

    Plain data of the kinds asked for, or None in the place of what is of another kind.
    """
    import os
    import tempfile
    import warnings

    with tempfile.TemporaryDirectory() as folder:
        write_files(folder, files)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            # Python says nothing of files that are left open, and some hundred such warnings would hide the others
            warnings.simplefilter("ignore", ResourceWarning)
            answer = index_images(folder)
        if not isinstance(answer, tuple) or len(answer) != 3:
            return {"paths": None, "labels": None, "class_names": None, "warnings": []}
        try:
            paths = [os.path.relpath(os.path.realpath(path), os.path.realpath(folder)) for path in answer[0]]
        except TypeError:
            paths = None
        try:
            labels = [int(label) for label in answer[1]]
        except (TypeError, ValueError):
            labels = None
        names = list(answer[2]) if isinstance(answer[2], (list, tuple)) else None
    said = [str(warning.message)[:500] for warning in caught][:50]
    return {"paths": paths, "labels": labels, "class_names": names, "warnings": said}
