"""Text from submissions without what a terminal or browser would act on: one cleaner for outputs, records and pages."""

from __future__ import annotations

import re

# Escape sequences: CSI (colours, cursor), the string forms (OSC, DCS, SOS, PM, APC) with or without their end, and
# those of two bytes.
ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
# Characters that turn the direction of text, so that code reads otherwise than it runs.
TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROLS = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{TURNING}\ufeff]")


def plain(text: object) -> str:
    """Text without escape sequences, control characters, direction marks and lone surrogates; lists are joined, and
    what is no text is empty."""
    if isinstance(text, list):
        text = "".join(part for part in text if isinstance(part, str))
    if not isinstance(text, str):
        return ""
    text = ESCAPES.sub("", text).replace("\r\n", "\n")
    return _CONTROLS.sub("", text).encode("utf-8", "replace").decode("utf-8")


def one_line(text: object, limit: int = 300) -> str:
    """Untrusted text as one short line, for a message."""
    line = " ".join(plain(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def overwritten(text: str) -> str:
    """Applies carriage returns as a terminal does, so that a progress bar leaves its last state."""
    if "\r" not in text:
        return text
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
