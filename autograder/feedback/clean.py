"""Text and pictures from submissions, made harmless: what a terminal or a browser would act on is not let through.

Escaping for HTML is the templates' work (autoescape); here goes what escaping leaves in place.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
import unicodedata
import zlib
from dataclasses import dataclass
from typing import Any

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

PNG = b"\x89PNG\r\n\x1a\n"
PNG_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"pHYs", b"IDAT", b"IEND")
PNG_BYTES = 2 << 20
PNG_SIDE = 8000
PNG_PIXELS = 24_000_000


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


def picture(data: Any) -> str | None:
    """A PNG picture from a notebook as base64 of its drawing chunks alone, or None for anything else.

    The pixels are not decoded here; sizes are taken from the header and bounded for the reader's browser.
    """
    text = joined(data)
    if len(text) > PNG_BYTES * 3 // 2:
        return None
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    kept = _png_chunks(raw)
    return base64.b64encode(kept).decode("ascii") if kept else None


def _png_chunks(raw: bytes) -> bytes | None:
    if len(raw) > PNG_BYTES or not raw.startswith(PNG):
        return None
    kept, names, at = [PNG], [], len(PNG)
    while at + 12 <= len(raw):
        length, name = struct.unpack_from(">I4s", raw, at)
        end = at + 12 + length
        if end > len(raw) or zlib.crc32(raw[at + 4 : end - 4]) != struct.unpack_from(">I", raw, end - 4)[0]:
            return None
        if name in PNG_CHUNKS:
            kept.append(raw[at:end])
            names.append(name)
        elif not name[0] & 0x20:  # a critical chunk that is not known
            return None
        if name == b"IEND":
            break
        at = end
    whole = names[:1] == [b"IHDR"] and names[-1:] == [b"IEND"] and b"IDAT" in names and names.count(b"IHDR") == 1
    return b"".join(kept) if whole and _bounded(raw) else None


def _bounded(raw: bytes) -> bool:
    width, height = struct.unpack_from(">II", raw, len(PNG) + 8)
    return 0 < width <= PNG_SIDE and 0 < height <= PNG_SIDE and width * height <= PNG_PIXELS


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
