"""Two texts line by line, side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile, zip_longest
from typing import Literal

from autograder.feedback.cells import Cell

LINES = 400  # of each text; comparing takes the square of them, and more where they repeat
_SENTENCES = re.compile(r"(?<=[.!?:;]) +")
Kind = Literal["same", "changed", "left", "right"]


@dataclass(frozen=True)
class Line:
    """A line of one side: its number, and its text in three parts, of which the middle one is what differs."""

    number: int
    before: str
    differs: str
    after: str


@dataclass(frozen=True)
class Pair:
    """Two lines that stand beside one another; None where a side has none."""

    kind: Kind
    left: Line | None
    right: Line | None


@dataclass(frozen=True)
class Comparison:
    """Two texts side by side. ``left_out``: how many lines at the end of the longer one are not compared."""

    pairs: tuple[Pair, ...]
    alike: float
    left_out: int


def text_of(cells: Sequence[Cell]) -> str:
    """The text of an answer's cells, an empty line between two."""
    return "\n\n".join(cell.source.text for cell in cells)


def compare(left: str, right: str, *, prose: bool = False) -> Comparison:
    """What two texts have in common and what not; of prose, sentence by sentence. ``alike`` is the share of lines (or
    sentences) that are the same, from 0 to 1."""
    one, other = (_SENTENCES.sub("\n", text).splitlines() if prose else text.splitlines() for text in (left, right))
    more = max(len(one), len(other)) - LINES
    one, other = one[:LINES], other[:LINES]
    matcher = SequenceMatcher(None, [line.rstrip() for line in one], [line.rstrip() for line in other])
    pairs = [pair for opcode in matcher.get_opcodes() for pair in _pairs(one, other, *opcode)]
    return Comparison(tuple(pairs), matcher.ratio(), max(0, more))


def _pairs(
    one: Sequence[str], other: Sequence[str], what: str, start: int, end: int, from_: int, to: int
) -> Iterator[Pair]:
    for i, j in zip_longest(range(start, end), range(from_, to)):
        if j is None:
            yield Pair("left", Line(i + 1, "", one[i], ""), None)
        elif i is None:
            yield Pair("right", None, Line(j + 1, "", other[j], ""))
        elif what == "equal":
            yield Pair("same", Line(i + 1, one[i], "", ""), Line(j + 1, other[j], "", ""))
        else:
            yield Pair("changed", *_apart(i + 1, one[i], j + 1, other[j]))


def _apart(i: int, one: str, j: int, other: str) -> tuple[Line, Line]:
    """Two lines with what they begin and end with alike apart from what differs."""
    start = _alike(one, other)
    room = min(len(one), len(other)) - start
    end = min(room, _alike(one[::-1], other[::-1]))
    return (
        Line(i, one[:start], one[start : len(one) - end], one[len(one) - end :]),
        Line(j, other[:start], other[start : len(other) - end], other[len(other) - end :]),
    )


def _alike(one: str, other: str) -> int:
    """With how many characters both begin."""
    return sum(1 for _ in takewhile(lambda two: two[0] == two[1], zip(one, other, strict=False)))
