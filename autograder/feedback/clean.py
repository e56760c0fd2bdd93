"""Text and pictures from submissions, made harmless: what a terminal or a browser would act on is not let through.

Escaping for HTML is the templates' work (autoescape); here goes what escaping leaves in place.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from ..submission.pictures import checked
from ..submission.text import TURNING, overwritten, plain

TURNS = re.compile(f"[{TURNING}]")  # shown by their numbers
# Invisible: soft hyphen, zero width space and word joiners, byte-order mark, tags. Joiners inside words and emoji stay.
INVISIBLE = re.compile("[\u00ad\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
MARKS_IN_A_ROW = 4


@dataclass(frozen=True)
class Text:
    """Cleaned text. left_out: how many characters were cut off after it."""

    text: str
    left_out: int = 0


def joined(value: Any) -> str:
    """A notebook's multi-line field as one string; whatever is neither a string nor a list of them is empty."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return ""


def clean(text: str) -> str:
    """`text` without escape sequences, control characters, and invisible ones; turned directions are made visible."""
    text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    text = TURNS.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)
    text = INVISIBLE.sub("", overwritten(plain(text)))
    return _without_towers(text)


def cut(text: str, characters: int, lines: int) -> Text:
    """`text` cleaned, and cut at so many characters and lines, whichever comes first."""
    head = text[: 4 * characters]  # escape sequences take room; the rest of ten megabytes need not be cleaned
    shown = "\n".join(clean(head).split("\n")[: lines + 1])[: characters + 1]
    kept = "\n".join(shown.split("\n")[:lines])[:characters]
    if len(head) == len(text):
        return Text(kept.rstrip(), max(len(clean(head).rstrip()) - len(kept), 0))
    return Text(kept.rstrip(), len(text) - len(kept))


def picture(data: Any, mime: str = "image/png") -> str | None:
    """A picture from a notebook as base64 of what draws it alone, or None for anything else."""
    return checked(mime, joined(data))


def _without_towers(text: str) -> str:
    """Drops accents piled upon accents, which would paint over the lines around."""
    if text.isascii():
        return text
    kept: list[str] = []
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= MARKS_IN_A_ROW:
            kept.append(letter)
    return "".join(kept)
