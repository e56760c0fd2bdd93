"""Text and pictures from submissions, made harmless: what a terminal or a browser would act on is not let through.

Escaping for HTML is the templates' work (autoescape); here goes what escaping leaves in place.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from ..submission.pictures import checked

# Escape sequences: CSI (colours, cursor), the string forms (OSC, DCS, SOS, PM, APC) with or without their end, and
# those of two bytes.
ANSI = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
# Characters that turn the direction of text, so that code reads otherwise than it runs; they are shown by number.
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Invisible: soft hyphen, zero width space and word joiners, byte-order mark, tags. Joiners inside words and emoji stay.
INVISIBLE = re.compile("[\u00ad\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
CONTROLS = {n: None for n in (*range(32), *range(0x7F, 0xA0)) if chr(n) not in "\n\t"}
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
    text = text.replace("\r\n", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = ANSI.sub("", text)
    if "\r" in text:  # what a progress bar leaves on the screen: the last state of its line
        text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    text = text.translate(CONTROLS).encode("utf-8", "replace").decode("utf-8")
    text = TURNING.sub(lambda match: f"[U+{ord(match[0]):04X}]", INVISIBLE.sub("", text))
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
