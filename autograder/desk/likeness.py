"""Answers that are alike: equal but for case, spaces and signs, or near by the letters that follow each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

NEAR = 0.8  # cosine of two answers' n-grams, weighted by how rare they are in the class
SHORT = 12  # characters; what is shorter is near to nothing but its equal
_BLOCK = 512  # answers compared at once with all others
_FEATURES = 30_000
_BETWEEN = re.compile(r"[\W_]+")


def normal(text: str) -> str:
    """What two answers that say the same word for word have in common. Signs count where there are no words: of a
    formula alone they are the answer."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _BETWEEN.sub(" ", folded).strip() or folded.strip()


def groups(texts: Mapping[str, str], near: float = NEAR) -> list[Sequence[str]]:
    """The keys of ``texts`` in groups that are alike, the largest group first, and those of an answer that is like no
    other alone. In each group all are near its first one, so that no chain of small steps joins what is far apart."""
    equal: dict[str, list[str]] = {}
    for key, text in texts.items():
        equal.setdefault(normal(text), []).append(key)
    joined = [[key for one in group for key in equal[one]] for group in _near(list(equal), near)]
    return sorted(joined, key=lambda group: -len(group))


def _near(texts: Sequence[str], near: float) -> list[list[str]]:
    """Texts in groups around the first of each."""
    alone = [[text] for text in texts if len(text) < SHORT]
    long = [text for text in texts if len(text) >= SHORT]
    if len(long) < 2:
        return alone + [[text] for text in long]
    rows = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), max_features=_FEATURES, sublinear_tf=True, dtype=np.float32
    ).fit_transform(long)
    leader = np.full(len(long), -1)
    for start in range(0, len(long), _BLOCK):
        block = (rows[start : start + _BLOCK] @ rows.T).toarray() >= near
        for offset, like in enumerate(block):
            if leader[start + offset] < 0:
                leader[like & (leader < 0)] = start + offset
                leader[start + offset] = start + offset
    return alone + [[long[n] for n in np.flatnonzero(leader == first)] for first in np.unique(leader)]
