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
}

EQUIVALENT = {
    "split: sorted(rng.permutation(len(alike)), key=lambda number: -len(alike[number])) -> "
        "sorted(rng.permutation(len(alike)), key=lambda number: +len(alike[number]))":
        "Large groups last leaves classes a little less even, within what the task allows.",
}
