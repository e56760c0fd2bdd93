"""The name under which a student wants to stand on the leaderboard: read as plain text, and fit to be shown.

The notebook opts in with a line of its own, ``PSEUDONYM = "..."``, in any code cell. It is never run for this, and only
letters, digits, spaces, hyphens and underscores get through: nothing that a terminal, a browser or a reader could be
deceived with.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from autograder.language import sentences_of

_ = sentences_of(__package__)

SHORTEST, LONGEST = 2, 24
SOURCE_CHARACTERS = 100_000
MARKS_IN_A_ROW = 2
SHORT_ID = 3  # a shorter student id stands in too many words to be looked for inside of them
_LINE = re.compile(r"""^PSEUDONYM[ \t]*=[ \t]*(["'])([^"'\\\n]*)\1[ \t\r]*(?:\#.*)?$""", re.MULTILINE)
_BETWEEN = " -_"
# Letters and marks by their category that show nothing: joiners, fillers, selectors of variants.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "BOPOMOFO", "HANGUL"})


def chosen(notebook: Any) -> str | None:
    """The pseudonym of a notebook (its JSON), with single spaces; None if it asks for none. The last line counts."""
    found = [text for source in _code(notebook) for _, text in _LINE.findall(source)]
    text = " ".join(unicodedata.normalize("NFC", found[-1]).split()) if found else ""
    return text or None


def problem(pseudonym: str, students: Iterable[str]) -> str | None:
    """Why a pseudonym is not shown, in a few words; None if it is. It must not give away an id of ``students``."""
    if not SHORTEST <= len(pseudonym) <= LONGEST:
        return _("not {shortest} to {longest} characters long").format(shortest=SHORTEST, longest=LONGEST)
    if _INVISIBLE.search(pseudonym) or not all(
        letter in _BETWEEN or unicodedata.category(letter)[0] in "LNM" for letter in pseudonym
    ):
        return _("other characters than letters, digits, spaces, hyphens and underscores")
    if unicodedata.category(pseudonym[0])[0] not in "LN" or _tower(pseudonym):
        return _("letters and accents in an order that cannot be read")
    if len(_scripts(pseudonym)) > 1:
        return _("letters of different scripts, which could imitate another name")
    own = key(pseudonym)
    for student in students:
        other = key(student)
        if other and (own == other or (len(other) >= SHORT_ID and other in own)):
            return _("a student's id")
    return None


def key(pseudonym: str) -> str:
    """What two pseudonyms that look the same to a reader have in common."""
    folded = unicodedata.normalize("NFKC", pseudonym).casefold()
    return "".join(letter for letter in unicodedata.normalize("NFKC", folded) if letter not in _BETWEEN)


def told_apart(pseudonyms: Iterable[str]) -> list[str]:
    """The pseudonyms in their order, numbered from the second of the same one on, so that nobody passes for another."""
    counts: dict[str, int] = {}
    shown = []
    for pseudonym in pseudonyms:
        number = counts[key(pseudonym)] = counts.get(key(pseudonym), 0) + 1
        shown.append(pseudonym if number == 1 else f"{pseudonym} ({number})")
    return shown


def _code(notebook: Any) -> Iterable[str]:
    cells = notebook.get("cells") if isinstance(notebook, Mapping) else None
    for cell in cells if isinstance(cells, list) else ():
        if isinstance(cell, Mapping) and cell.get("cell_type") == "code":
            source = cell.get("source")
            parts = source if isinstance(source, list) else [source]
            yield "".join(part for part in parts if isinstance(part, str))[:SOURCE_CHARACTERS]


def _tower(pseudonym: str) -> bool:
    marks = 0
    for letter in pseudonym:
        marks = marks + 1 if unicodedata.category(letter)[0] == "M" else 0
        if marks > MARKS_IN_A_ROW:
            return True
    return False


def _scripts(pseudonym: str) -> set[str]:
    """The scripts of the letters, by the first word of their names; those that East Asian languages mix are one."""
    found = {unicodedata.name(letter, "?").split()[0] for letter in pseudonym if letter.isalpha()}
    return {"east asian" if script in _EAST_ASIAN else script for script in found}
