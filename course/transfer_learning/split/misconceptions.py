"""Wrong turns in dividing images."""

from __future__ import annotations

from autograder.checks.api import Misconceptions, adder

from . import reference as right

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
    "Copies were thrown away; every image belongs on a side, copies with the one they are like.",
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
add("hash-of-this-session",
    "The split follows Python's own `hash`, which is another one in every session: tomorrow, test images of today are "
    "trained on. Draw from a generator with the seed.",
    ("rng.permutation(len(alike))", "sorted(range(len(alike)), key=lambda n: hash(f'{seed} {n}'))"))
