"""How much a notebook brings along: a network can be stored in it, and be handed out as if it was trained.

Numbers can stand in strings, in comments, in names, in blanks and line breaks. So what counts is the code compressed:
data that means something does not get smaller than what it means, wherever it stands, and honest code gets small.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from autograder.language import sentences_of

_ = sentences_of(__package__)

MOST = 20_000  # bytes of a notebook's code, compressed; the solutions of the course have 6,000 at the most
MOST_BESIDE = 4_000  # bytes of the files beside it, compressed: modules, and no networks


def packed(data: bytes) -> int:
    """Bytes that are left of `data` when it is compressed."""
    return len(zlib.compress(data, 9))


def too_much(source: str) -> str | None:
    """The sentence for a notebook that brings more than one may whose training is graded; None where it does not."""
    size = packed(source.encode("utf-8", "replace"))
    if size <= MOST:
        return None
    return _(
        "The code of this notebook is {size:,} bytes even when it is compressed, and {most:,} are allowed where a "
        "training is graded: what a network knows must come from the images that it is given. Take stored data and "
        "code that is not needed away."
    ).format(size=size, most=MOST)


def beside(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], str]:
    """Of the files that were handed in beside a notebook whose training is graded, those that it may have, the small
    ones first; and the sentence on the others, empty where there are none."""
    kept: dict[str, bytes] = {}
    left, room = [], MOST_BESIDE
    for name, data in sorted(files.items(), key=lambda item: (len(item[1]), item[0])):
        size = packed(data)
        if size > room:
            left.append(name)
            continue
        kept[name], room = data, room - size
    if not left:
        return kept, ""
    more = _(" and {left} more").format(left=len(left) - 1) if len(left) > 1 else ""
    return kept, _(
        "The notebook ran without {left}{more}: where a training is graded, what lies beside the notebook may be "
        "{most_beside:,} bytes in all, compressed, since what a network knows must come from the images."
    ).format(left=left[0], more=more, most_beside=MOST_BESIDE)
