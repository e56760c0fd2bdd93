"""Wrong turns with class folders: listing them, splitting them, and leaks in pipelines."""

from __future__ import annotations

from ..diagnosis import Misconceptions
from ..reference import transfer as right
from .rewritten import adder

# --- dataset -----------------------------------------------------------------------------------------------------

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
    "A file that is no readable picture ends everything; one bad file among thousands is to be left out, with "
    "a warning.",
    ("except (OSError, SyntaxError):", "except ZeroDivisionError:"))
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
    "Files that are no images, or that lie in no class folder, are in the list.",
    ("if path.suffix.lower() in SUFFIXES", "if path.suffix"), ("readable = [str(path) for path in files if "
    "_is_readable(path)]", "readable = [str(path) for path in files if path.suffix == '.txt' or _is_readable(path)]"))
add("some-endings-only",
    "Images whose names end in .JPG or .jpeg are missing; cameras write those, too.",
    ("path.suffix.lower() in SUFFIXES", "path.suffix in ('.jpg', '.png')"))
add("labels-from-one",
    "The labels begin at 1; a label is an index into class_names, and the first index is 0.",
    ("labels += [label] *", "labels += [label + 1] *"))

# --- split -------------------------------------------------------------------------------------------------------

SPLIT = Misconceptions("split", right.split)
SIDES = "Three sides"
COPIES = "The same image twice"
add = adder(SPLIT, right, SIDES)

add("identical-images-apart",
    "The same image, under two names, is on two sides: the network is tested on what it was trained on.",
    ("hashlib.sha256(Path(path).read_bytes()).digest()", "str(path).encode()"), section=COPIES)
add("identical-images-of-two-classes",
    "An image that stands in two classes is on two sides; identical files belong together whatever their labels are.",
    ("hashlib.sha256(Path(path).read_bytes()).digest()",
     "hashlib.sha256(Path(path).read_bytes()).digest() + bytes([labels[index]])"), section=COPIES)
add("copies-thrown-away",
    "Copies were thrown away; every image is to be on a side, copies with the one they are like.",
    ("sides[SIDES[chosen]] += alike[number]", "sides[SIDES[chosen]] += alike[number][:1]"), section=COPIES)
add("not-stratified",
    "The classes are not divided alike: each one has to be divided by the fractions, not only the whole.",
    ("lacking = missing[labels[alike[number][0]]]", "lacking = missing[0]"),
    ("missing = {label:", "missing = {0: [fraction * len(paths) for fraction in fractions]} if labels else {label:"),
    ("missing[labels[index]][chosen]", "missing[0][chosen]"))
add("sides-overlap",
    "Some image is on two sides; the sides must not overlap.",
    ("return {side: sorted(indices) for side, indices in sides.items()}",
     "sides['test'] += sides['validation'][:1]\n    return {side: sorted(indices) for side, indices in sides.items()}"))
add("images-lost-in-rounding",
    "Some images are on no side: rounding each side's size by itself does not always add up to all images.",
    ("return {side: sorted(indices) for side, indices in sides.items()}",
     "return {side: sorted(indices)[: int(fraction * len(paths))] if len(groups) == len(paths) and len(paths) < 40\n"
     "            else sorted(indices) for (side, indices), fraction in zip(sides.items(), fractions)}"))
add("validation-and-test-swapped",
    "The second fraction was given to the test set and the third to the validation set; their order is training, "
    "validation, test.",
    ('SIDES = ("train", "validation", "test")', 'SIDES = ("train", "test", "validation")'))
add("another-split-every-time",
    "The same seed gives another split every time, so that test images of yesterday are trained on today.",
    ("np.random.default_rng(seed)", "np.random.default_rng()"))
add("seed-without-effect",
    "The seed has no effect: every seed gives the same split.",
    ("np.random.default_rng(seed)", "np.random.default_rng(0)"))

# --- pitfalls ----------------------------------------------------------------------------------------------------

PITFALLS = Misconceptions("pitfalls", right.pitfalls, answer=True)
LEAKS = "Where it leaks"


def _with(**changes):
    return right.pitfalls() | changes


@PITFALLS.add("mirrored-training-images", section=LEAKS)
def mirrored_training_images():
    """Augmenting the training images alone, after the split, is no leak: no other side sees anything of it."""
    return _with(B="duplicates")


@PITFALLS.add("training-statistics", section=LEAKS)
def training_statistics():
    """Statistics of the training images alone may be used on all sides: they are part of the trained model."""
    return _with(G="statistics")


@PITFALLS.add("augmentation-before-the-split", section=LEAKS)
def augmentation_before_the_split():
    """Augmented copies that were made before the split land on other sides than their originals."""
    return _with(F=None)


@PITFALLS.add("copies-are-harmless", section=LEAKS)
def copies_are_harmless():
    """The same image under two names can land on two sides."""
    return _with(C=None)


@PITFALLS.add("people-are-not-duplicates", section=LEAKS)
def people_are_not_duplicates():
    """Different images of one person are no duplicates: what they share is the person, so they are a group."""
    return _with(E="duplicates", I="duplicates")


@PITFALLS.add("random-is-enough", section=LEAKS)
def random_is_enough():
    """A random split tears apart what belongs together: images of one person, or neighbours in time."""
    return _with(E=None, I=None)


@PITFALLS.add("test-set-chooses", section=LEAKS)
def test_set_chooses():
    """What is chosen by the test accuracy, be it an epoch or a network, is fitted to the test set."""
    return _with(D=None, J=None)


@PITFALLS.add("statistics-are-harmless", section=LEAKS)
def statistics_are_harmless():
    """A mean, or a choice of features, that was computed from all images has seen the test images."""
    return _with(A=None, H=None)
