"""Right answers of split in other ways."""

ANSWERS = {
    "cumulative-places": '''
import hashlib
import random
from pathlib import Path
def split(paths, labels, fractions, seed):
    """Class by class, shuffled groups laid end to end and cut where the fractions say; classes that share go first."""
    rng = random.Random(seed)
    groups = {}
    for i, path in enumerate(paths):
        groups.setdefault(hashlib.md5(Path(path).read_bytes()).digest(), []).append(i)
    by_class = {}
    for group in sorted(groups.values()):
        by_class.setdefault(min(labels[i] for i in group), []).append(group)
    names = ("train", "validation", "test")
    sides = {name: [] for name in names}
    taken = {(label, name): 0 for label in set(labels) for name in names}
    for label in sorted(by_class):
        mine = by_class[label]
        rng.shuffle(mine)
        mine.sort(key=lambda group: len(group), reverse=True)
        total = list(labels).count(label)
        for group in mine:
            name = min(names, key=lambda n: (taken[label, n] + 0.5) / (fractions[names.index(n)] * total + 1e-9))
            sides[name] += group
            for i in group:
                taken[labels[i], name] += 1
    return sides
''',
    "bytes-as-keys": '''
import numpy as np
def split(paths, labels, fractions, seed):
    """Contents as dictionary keys; copies are dealt out after the single images' places are known."""
    labels = np.asarray(labels)
    rng = np.random.RandomState(seed)
    contents = {}
    for i, path in enumerate(paths):
        with open(path, "rb") as file:
            contents.setdefault(file.read(), []).append(i)
    side_of = np.full(len(paths), -1)
    want = {c: np.array(fractions) * np.sum(labels == c) for c in np.unique(labels)}
    have = {c: np.zeros(3) for c in want}
    todo = [np.array(group) for group in contents.values()]
    todo = [todo[k] for k in rng.permutation(len(todo))]
    for group in [g for g in todo if len(g) > 1] + [g for g in todo if len(g) == 1]:
        c = labels[group[0]]
        side = int(np.argmax(want[c] - have[c]))
        side_of[group] = side
        for i in group:
            have[labels[i]][side] += 1
    return {name: np.flatnonzero(side_of == k) for k, name in enumerate(["train", "validation", "test"])}
''',
    "class-by-class-with-pandas-like-groups": '''
import hashlib
from collections import defaultdict
import numpy as np
def split(paths, labels, fractions, seed):
    """Groups of copies drawn one by one, to the side that is emptiest in proportion; NumPy arrays come back."""
    rng = np.random.default_rng([seed, 7])
    labels = np.array(labels)
    same = defaultdict(list)
    for i in range(len(paths)):
        with open(paths[i], "rb") as file:
            same[hashlib.blake2b(file.read()).hexdigest()].append(i)
    groups = sorted(same.values(), key=lambda group: (-len(group), rng.random()))
    size = {label: (labels == label).sum() for label in set(labels.tolist())}
    filled = {label: [0, 0, 0] for label in size}
    sides = [[], [], []]
    for group in groups:
        label = int(labels[group[0]])
        gaps = [fraction * size[label] - have for fraction, have in zip(fractions, filled[label])]
        side = int(np.argmax(gaps))
        sides[side] += group
        for i in group:
            filled[int(labels[i])][side] += 1
    return dict(zip(("train", "validation", "test"), map(np.array, sides)))
''',
}

COPIES = '''
import hashlib
import numpy as np
def groups_of(paths):
    found = {}
    for i, path in enumerate(paths):
        found.setdefault(hashlib.sha256(open(path, "rb").read()).digest(), []).append(i)
    return list(found.values())
def dealt(paths, labels, fractions, rng):
    sides = {"train": [], "validation": [], "test": []}
    groups = groups_of(paths)
    groups = [groups[i] for i in rng.permutation(len(groups))]
    groups.sort(key=len, reverse=True)
    lacking = {label: [f * list(labels).count(label) for f in fractions] for label in set(labels)}
    for group in groups:
        own = lacking[labels[group[0]]]
        side = own.index(max(own))
        list(sides.values())[side].extend(group)
        for i in group:
            lacking[labels[i]][side] -= 1
    return sides
'''
WRONG = {
    "fractions-fixed": COPIES + '''
def split(paths, labels, fractions, seed):
    """60, 20 and 20 percent, whatever is asked."""
    return dealt(paths, labels, (0.6, 0.2, 0.2), np.random.default_rng(seed))
''',
    "by-the-name-of-the-folder": COPIES + '''
def split(paths, labels, fractions, seed):
    """The paths decide, too."""
    import zlib
    return dealt(paths, labels, fractions, np.random.default_rng([seed, zlib.crc32(str(paths[0]).encode())]))
''',
    "training-gets-the-rest-of-nothing": COPIES + '''
def split(paths, labels, fractions, seed):
    """All that is validated on is left out of the test, and most of it is trained on."""
    sides = dealt(paths, labels, fractions, np.random.default_rng(seed))
    sides["train"], sides["test"] = sides["train"] + sides["test"][4:], sides["test"][:4]
    return sides
''',
}

EQUIVALENT = {
    "split: sorted(rng.permutation(len(alike)), key=lambda number: -len(alike[number])) -> "
        "sorted(rng.permutation(len(alike)), key=lambda number: +len(alike[number]))":
        "Large groups last leaves classes a little less even, within what the task allows.",
}
