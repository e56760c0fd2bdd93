"""Text answers that stand beside their cell: a marker finds them in it.

People add a cell where they cannot type, split one, copy it, or type into the question or the rubric. What they wrote
is put into the answer cell, in the notebook's order, with a word on where it stood; so whoever reads, grades or
compares an answer has all of it in one place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from nbformat import NotebookNode

from autograder.course import RUBRIC_SUFFIX
from autograder.language import sentences_of
from autograder.submission.prose import Prose, safe_markdown

_ = sentences_of(__package__)

LINES_COMPARED = 60  # of a cell, with the course's lines that are nearly the same
# Five plain words in a row, or as many letters of a script without blanks; code has neither.
_PROSE = re.compile(r"(?:[^\W\d_]['’\w-]*[,;:.]? ){4}[^\W\d_]|[^\x00-\x7f]{5}")
_KEYWORD = re.compile(r"\s*(?:from|import|for|if|elif|while|with|def|class|return|assert|raise|lambda|async)\b")


@dataclass
class Placed:
    """A cell of a restored notebook, and how it came there.

    ``raw`` is what the student wrote, ``grade_id`` that of the course's cell, None for one that was added or has none;
    ``strays`` are texts that were typed where the course's own source has come back, each with where that was.
    """

    cell: NotebookNode
    raw: str = ""
    grade_id: str | None = None
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)
    strays: list[tuple[str, Prose]] = field(default_factory=list)


@dataclass(frozen=True)
class Given:
    """The course's own prose: its cells' sources, and their lines."""

    sources: frozenset[str]
    lines: frozenset[str]

    @classmethod
    def of(cls, sources: Iterable[str]) -> Given:
        """From the sources of the release version's cells that are no answers."""
        known = frozenset(source.strip() for source in sources)
        return cls(known, frozenset(line.strip() for source in known for line in source.splitlines() if line.strip()))

    def added_to(self, source: str) -> str:
        """What of a cell is not the course's: lines of one's own, and what was typed behind a line of the course."""
        lines = source.splitlines()
        if not any(line.strip() in self.lines for line in lines):
            return source.strip()
        few = len(lines) <= LINES_COMPARED
        return "\n".join(self._added_to_line(line, few) for line in lines).strip()

    def _added_to_line(self, line: str, few: bool) -> str:
        text = line.strip()
        if not text or text in self.lines or not few:
            return "" if text in self.lines else text
        begun = max((given for given in self.lines if text.startswith(given)), key=len, default="")
        if begun:
            return text[len(begun) :].strip()
        return "" if get_close_matches(text, self.lines, n=1, cutoff=0.8) else text


@dataclass(frozen=True)
class _Piece:
    where: str
    prose: Prose
    offset: int  # of its cell from the answer's
    whole: bool  # nothing of the cell remains


def gather(placed: list[Placed], answers: Collection[str], own: Callable[[str], str], given: Given) -> None:
    """Puts into each text answer what stands beside it. ``answers`` are the text tasks' ids, ``own`` gives an answer's
    source as released. Added Markdown cells of which nothing remains go."""
    for task in answers:
        at = next(index for index, one in enumerate(placed) if one.grade_id == task)
        answer = placed[at].cell
        untouched = answer.source.strip() in ("", own(task).strip())
        pieces = _around(placed, at, task, given, far=False)
        if untouched and not pieces:
            pieces = _around(placed, at, task, given, far=True) or _in_code(placed, at)
        if pieces:
            _put_together(answer, pieces, untouched)
            gone = {at + piece.offset for piece in pieces if piece.whole}
            placed[:] = [one for index, one in enumerate(placed) if index not in gone]


def _around(placed: Sequence[Placed], at: int, task: str, given: Given, far: bool) -> list[_Piece]:
    """Texts before and after an answer, up to the course's next cell; ``far``: up to another task's."""
    pieces = [_Piece(where, prose, 0, False) for where, prose in placed[at].strays]
    for step in (-1, 1):
        index = at + step
        while 0 <= index < len(placed):
            one = placed[index]
            beside = "above" if step < 0 else "below"
            pieces += [_Piece(f"{where} {beside}", prose, index - at, False) for where, prose in one.strays]
            if one.grade_id not in (None, task + RUBRIC_SUFFIX):
                break
            if one.grade_id is None and one.raw.strip() in given.sources and not far:
                break
            if one.grade_id is None and one.cell.cell_type == "markdown":
                text = given.added_to(one.raw)
                whole = text == one.raw.strip()
                if text:
                    prose = Prose(safe_markdown(text), one.attachments)
                    pieces.append(_Piece(_("in the cell {beside}").format(beside=beside), prose, index - at, whole))
                if not whole and not far:
                    break
            index += step
    return sorted(pieces, key=lambda piece: piece.offset)


def _in_code(placed: Sequence[Placed], at: int) -> list[_Piece]:
    """An added code cell right beside an answer that holds sentences; it stays, because it was run."""
    for offset, beside in ((1, "below"), (-1, "above")):
        one = placed[at + offset] if 0 <= at + offset < len(placed) else None
        if one and one.grade_id is None and one.cell.cell_type == "code" and _is_prose(one.raw):
            fence = "`" * (max(map(len, re.findall("`+", one.raw)), default=2) + 1)
            return [
                _Piece(
                    _("in the code cell {beside}").format(beside=beside),
                    Prose(f"{fence}\n{one.raw.strip()}\n{fence}"),
                    offset,
                    False,
                )
            ]
    return []


def _is_prose(source: str) -> bool:
    lines = (line.strip().lstrip("#\"' ") for line in source.splitlines()[:LINES_COMPARED])
    return any(_PROSE.search(line[:1000]) and not _KEYWORD.match(line) for line in lines)


def _put_together(answer: NotebookNode, pieces: Sequence[_Piece], untouched: bool) -> None:
    parts: list[str] = []
    for piece in (one for one in pieces if one.offset < 0):
        parts.append(_with_place(piece))
    if not untouched:
        parts.append(answer.source)
    for piece in (one for one in pieces if one.offset >= 0):
        parts.append(_with_place(piece))
    answer.source = "\n\n".join(parts)
    attachments = dict(answer.get("attachments", {}))
    for piece in pieces:
        attachments |= piece.prose.attachments
    if attachments:
        answer.attachments = attachments


def _with_place(piece: _Piece) -> str:
    return _("*(Written {where}:)*\n\n{text}").format(where=piece.where, text=piece.prose.source.strip())
