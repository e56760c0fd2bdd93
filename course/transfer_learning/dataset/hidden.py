"""Hidden checks of dataset."""

from __future__ import annotations

from autograder.checks.api import points

from .public import CLASSES, expect_index, expect_refused, expect_warnings, folder_of


@points(3)
def test_paths_with_their_labels(student, rng):
    """Every image is listed once, class by class and sorted by name within a class, with its class's index; only
    .jpg, .jpeg and .png files that lie right in a class folder are.
    """
    files = folder_of(rng, CLASSES[:3]) | {
        "moss/notes.txt": ("text", 0), "README.md": ("text", 0), ".cache/0.png": ("picture", 0),
        "moss/moving.gif": ("picture", 1), "fern/older/0.png": ("picture", 2), "0.png": ("picture", 3),
    }
    expect_index(student, files)


@points(2)
def test_class_names_in_order(student, rng):
    """The classes are the names of the folders in alphabetical order, however the folders were made."""
    files = folder_of(rng, rng.permutation(CLASSES))
    expect_index(student, files, only="class_names")


@points(2)
def test_unreadable_files_are_left_out(student, rng):
    """A file that cannot be decoded, be it empty, no picture or cut short, is left out."""
    kinds = {"0a.jpg": "empty", "3b.png": "text", "50.jpg": "cut", "77c.png": "cut"}
    files = folder_of(rng, CLASSES[:2]) | {f"moss/{name}": (kind, 7) for name, kind in kinds.items()}
    expect_index(student, files)


@points(1)
def test_a_warning_names_the_file(student, rng):
    """A warning names each file that is left out."""
    bad = {f"{name}/odd-{rng.integers(1 << 20)}.png": ("text", 0) for name in CLASSES[:2]}
    expect_warnings(student, folder_of(rng, CLASSES[:2]) | bad, [path.split("/")[1] for path in bad])


@points(2)
def test_too_few_images_are_refused(student, rng):
    """A class with fewer than 100 readable images is refused with a ValueError that names it; 100 are enough."""
    expect_refused(student, folder_of(rng, CLASSES[:2], more=0), "moss")
