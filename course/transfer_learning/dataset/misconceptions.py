"""Wrong turns in listing class folders."""

from __future__ import annotations

from autograder.checks.api import Misconceptions, adder

from . import reference as right

DATASET = Misconceptions("dataset", right.index_images)
FOLDERS = "Class folders"
add = adder(DATASET, right, FOLDERS)

add("classes-in-any-order",
    "The classes come in the order in which the folders happen to be listed, which differs from machine to machine; "
    "sort their names.",
    ("class_names = sorted(place.name", "class_names = list(place.name"))
add("files-in-any-order",
    "The files of a class come in the order in which they happen to be listed; sort them by name.",
    ("files = sorted(path for", "files = list(path for"))
add("stops-at-a-corrupt-file",
    "A file that is no readable picture ends everything; leave one bad file among thousands out, with "
    "a warning.",
    ("except (OSError, SyntaxError):", "except ZeroDivisionError:"),
    raises=("OSError", "SyntaxError", "InvalidArgumentError"))
add("unreadable-files-listed",
    "Files that are no readable picture are in the list; they would end the training in the middle of an epoch.",
    ("if _is_readable(path)", "if path.name"))
add("header-is-enough",
    "A file that was cut short was taken for readable: its header is whole, and only decoding all of it shows that the "
    "rest is missing.",
    ("picture.load()", "picture.size"))
add("left-out-in-silence",
    "The file was left out in silence; a warning has to say which one, or nobody will ever look at it.",
    ('warnings.warn(f"{path} cannot be read and is left out", stacklevel=2)', "pass"))
add("too-few-are-accepted",
    "A class with fewer than 100 images was accepted.",
    ("FEWEST = 100", "FEWEST = 1"))
add("unreadable-files-counted",
    "Unreadable files were counted as images, so a class with fewer than 100 readable ones was accepted.",
    ("if len(readable) < FEWEST", "if len(files) < FEWEST"))
add("other-files-listed",
    "Other files are in the list, too: only .jpg, .jpeg and .png files that lie right in a class folder are asked for.",
    ("if path.suffix.lower() in SUFFIXES", "if path.suffix"), ("readable = [str(path) for path in files if "
    "_is_readable(path)]", "readable = [str(path) for path in files if path.suffix == '.txt' or _is_readable(path)]"))
add("some-endings-only",
    "Images whose names end in .JPG or .jpeg are missing; cameras write those, too.",
    ("path.suffix.lower() in SUFFIXES", "path.suffix in ('.jpg', '.png')"))
add("labels-from-one",
    "The labels begin at 1; a label is an index into class_names, and the first index is 0.",
    ("labels += [label] *", "labels += [label + 1] *"))
