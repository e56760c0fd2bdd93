"""What a student's cell printed and displayed, as data that is safe to store and to show.

Everything here comes from untrusted code. Text loses its escape sequences and control characters; of
displayed data only plain text and raster images stay, because HTML, SVG, Markdown, LaTeX and JavaScript run
or pretend in the browser of whoever opens the notebook. Sizes are capped, and what was left out is said.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

from autograder.language import sentences_of
from autograder.submission import nodes
from autograder.submission.text import one_line, overwritten, plain

_ = sentences_of(__package__)

IMAGE_MAGIC = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8"}
TRACEBACK_LINES = 60
LINE_LENGTH = 2_000
OUTPUT_BYTES = 100  # what an output takes beside its text
NOTEBOOK_BYTES = 16 << 20  # of the outputs of all cells together
NOTEBOOK_WORDS = _("the cells of a notebook may print {notebook_bytes:.0f} MB together").format(
    notebook_bytes=NOTEBOOK_BYTES / 1e6
)
_ESCAPED = re.compile(r"[\"\\\n\t]")  # what a file has two letters for


def size_of(text: str) -> int:
    """Bytes that a text takes in a notebook's file."""
    if text.isascii() and not _ESCAPED.search(text):
        return len(text)
    return len(json.dumps(text, ensure_ascii=False).encode())


def cut_at(text: str, size: int) -> str:
    """The start of a text that takes so many bytes at the most."""
    text = text.encode()[:size].decode("utf-8", "ignore")
    while text and (too_much := size_of(text) - size) > 0:
        text = text[: -max(1, too_much // 2)]  # of those that a file escapes, two for each
    return text


class Collector:
    """Collects one cell's outputs from the kernel's messages, up to ``output_bytes`` and ``display_updates``.

    ``room`` is what the notebook has left for all its outputs together, where that is less. Bytes are those of the file
    that the outputs end up in.

    ``seen_bytes`` goes on counting after the cap, so that the driver can stop a cell that does not end
    printing."""

    def __init__(self, output_bytes: int, display_updates: int, room: int | None = None) -> None:
        self._cap = output_bytes if room is None else min(output_bytes, max(0, room))
        self._of_the_notebook = self._cap < output_bytes
        self._updates_left = display_updates
        self._kept = 0
        self._outputs: list[NotebookNode] = []
        self._displays: dict[str, list[NotebookNode]] = {}
        self._clear_on_next = False
        self._cut = False
        self.seen_bytes = 0
        self.seen_displays = 0
        self.error: tuple[str, str] | None = None

    def add(self, kind: str, content: Mapping[str, Any], size: int) -> None:
        """Takes one message of ``size`` bytes; what is not understood is left out."""
        self.seen_bytes += size
        if kind == "error":
            self._error(content)
        elif kind == "clear_output":
            self._displayed()
            self._clear(wait=content.get("wait") is True)
        elif kind == "stream":
            self._stream(content)
        elif kind in ("display_data", "execute_result", "update_display_data"):
            self._displayed()
            self._display(kind, content)

    def drop(self, size: int) -> None:
        """Counts a message that was too large or not valid, and says that something was left out."""
        self.seen_bytes += size
        self._cut = True

    @property
    def kept_bytes(self) -> int:
        """What the outputs take of the notebook's file."""
        return self._kept

    @property
    def outputs(self) -> list[NotebookNode]:
        """The outputs so far, with a last line that says so if some were cut."""
        result = [NotebookNode(output) for output in self._outputs]
        for output in result:
            if output.output_type == "stream":
                output.text = overwritten(output.text)
        if self._cut:
            who = (
                NOTEBOOK_WORDS
                if self._of_the_notebook
                else _("a cell may print {cap:g} MB").format(cap=self._cap / 1e6)
            )
            note = _("[The output is cut here: {who}.]\n").format(who=who)
            result.append(nodes.printed("stdout", note))
        return result

    def _displayed(self) -> None:
        self.seen_displays += 1
        self._updates_left -= 1

    def _room(self, size: int) -> bool:
        if self._kept + size > self._cap or self._updates_left < 0:
            self._cut = True
            return False
        self._kept += size
        return True

    def _append(self, output: NotebookNode) -> None:
        if self._clear_on_next:
            self._outputs.clear()
            self._clear_on_next = False
        self._kept += OUTPUT_BYTES
        self._outputs.append(output)

    def _clear(self, wait: bool) -> None:
        self._clear_on_next = wait
        if not wait:
            self._outputs.clear()

    def _stream(self, content: Mapping[str, Any]) -> None:
        name = "stderr" if content.get("name") == "stderr" else "stdout"
        text = content.get("text")
        if not isinstance(text, str):
            return
        room = max(self._cap - self._kept, 0)
        if len(text) > room:
            text, self._cut = text[:room], True
        text = plain(text)
        if size_of(text) > room:  # most letters of the world take more than a byte
            text, self._cut = cut_at(text, room), True
        self._kept += size_of(text)
        last = self._outputs[-1] if self._outputs and not self._clear_on_next else None
        if last is not None and last.output_type == "stream" and last.name == name:
            last.text += text
        elif text:
            self._append(nodes.printed(name, text))

    def _display(self, kind: str, content: Mapping[str, Any]) -> None:
        data = safe_data(content.get("data"))
        if not self._room(sum(map(size_of, data.values()))):
            return
        transient = content.get("transient")
        display_id = transient.get("display_id") if isinstance(transient, dict) else None
        known = self._displays.get(display_id, []) if isinstance(display_id, str) else []
        if kind == "update_display_data":
            for output in known:
                output.data = NotebookNode(data)
            return
        output = nodes.result(data) if kind == "execute_result" else nodes.shown(data)
        self._append(output)
        if isinstance(display_id, str):
            self._displays.setdefault(display_id, []).append(output)

    def _error(self, content: Mapping[str, Any]) -> None:
        name, value = one_line(content.get("ename"), 100) or _("Error"), one_line(content.get("evalue"))
        if self.error is None:
            self.error = (name, value)
        lines = content.get("traceback")
        text = "\n".join(plain(line) for line in lines[-TRACEBACK_LINES:]) if isinstance(lines, list) else ""
        kept = [line[:LINE_LENGTH] for line in text.split("\n")][-TRACEBACK_LINES:]
        if self._room(sum(map(size_of, kept))):
            self._append(nodes.raised(name, value, kept))


def safe_data(data: object) -> dict[str, str]:
    """Of a mime bundle the plain text and the raster images; a note in words where nothing stays."""
    if not isinstance(data, dict):
        return {"text/plain": ""}
    images = {mime: _image(mime, data.get(mime)) for mime in IMAGE_MAGIC}
    kept = {mime: image for mime, image in images.items() if image is not None}
    if "text/plain" in data:
        kept["text/plain"] = plain(data["text/plain"])
    if not kept:
        kinds = ", ".join(sorted(one_line(mime, 40) for mime in list(data)[:5]))
        kept["text/plain"] = _("[An output of type {kinds} is not kept in graded notebooks.]").format(kinds=kinds)
    return kept


def _image(mime: str, value: object) -> str | None:
    """The picture, encoded anew: what stands between the letters of lenient base64 would end up in a page."""
    if not isinstance(value, str):
        return None
    try:
        raw = base64.b64decode(value, validate=False)
    except (binascii.Error, ValueError):
        return None
    return base64.b64encode(raw).decode("ascii") if raw.startswith(IMAGE_MAGIC[mime]) else None
