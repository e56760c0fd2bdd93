"""A student's own cells and what they printed, as plain data for a page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from ..course import CHECK_SUFFIX
from ..language import sentences_of
from ..submission.prose import MIMES
from .clean import Text, clean, cut, joined, picture
from .markdown import as_html

_ = sentences_of(__package__)

SOURCE_CHARACTERS, SOURCE_LINES = 20_000, 500
OUTPUT_CHARACTERS, OUTPUT_LINES = 4_000, 60
OUTPUTS = 8
CELLS = 60
BEGINS = 60  # characters
STUDENT_ID_CELL = "student-id"
PICTURE_CHARACTERS = 6 << 20


@dataclass(frozen=True)
class Output:
    """kind: "text", "error" or "picture". text: what is shown, for a picture its base64 PNG data."""

    kind: str
    text: str
    left_out: int = 0


@dataclass(frozen=True)
class Cell:
    """kind: "code" or "markdown". outputs_left_out: how many further outputs are not shown. pictures: those that a
    Markdown cell holds, as addresses with their data, by name. number: its place in the notebook, from 1."""

    kind: str
    source: Text
    outputs: tuple[Output, ...] = ()
    outputs_left_out: int = 0
    pictures: Mapping[str, str] = field(default_factory=dict)
    number: int = 0

    @property
    def begins(self) -> str:
        """The first line that says something, shortened; by it a cell is known where it cannot be seen."""
        lines = (line.strip() for line in self.source.text.splitlines())
        first = next((line for line in lines if line and not line.startswith("#")), "")
        return first if len(first) <= BEGINS else first[: BEGINS - 1] + "…"

    @property
    def prose(self) -> Markup | None:
        """A Markdown cell as the student meant it to look."""
        return as_html(self.source.text, self.pictures) if self.kind == "markdown" and self.source.text else None


@dataclass
class Work:
    """The cells that a student wrote: by task, and elsewhere in the notebook."""

    by_task: dict[str, list[Cell]] = field(default_factory=dict)
    elsewhere: list[Cell] = field(default_factory=list)
    cells_left_out: int = 0


class _Room:
    """How many characters of pictures a page still takes."""

    def __init__(self) -> None:
        self.left = PICTURE_CHARACTERS


def own_work(notebook: Mapping[str, Any] | None, tasks: Collection[str], given: Collection[str] = ()) -> Work:
    """A student's cells out of the executed notebook.

    tasks: ids of the tasks. A cell between an answer cell and its check belongs to that task.
    given: the sources of the student version's cells; a cell that still reads like one of those, and is no answer, is
        the course's own and not shown.
    """
    work, room = Work(), _Room()
    task: str | None = None
    known = {clean(source).strip() for source in given}
    for number, cell in enumerate(_cells(notebook), 1):
        meta = _nbgrader(cell)
        id = meta.get("grade_id")
        if id in tasks:
            task = id
        elif isinstance(id, str) and id.removesuffix(CHECK_SUFFIX) in tasks:
            task = None
            continue
        elif meta.get("locked") or id == STUDENT_ID_CELL or clean(joined(cell.get("source"))).strip() in known | {""}:
            continue
        place = work.elsewhere if task is None else work.by_task.setdefault(task, [])
        if sum(map(len, work.by_task.values())) + len(work.elsewhere) >= CELLS:
            work.cells_left_out += 1
        else:
            place.append(_cell(cell, room, number))
        if meta.get("grade"):  # a text task is its own end
            task = None
    return work


def joined_source(cell: Mapping[str, Any]) -> str:
    """A cell's source as one string, as it was written."""
    return joined(cell.get("source"))


def shown(cell: Mapping[str, Any]) -> Cell:
    """One cell alone, whosever it is."""
    return _cell(cell, _Room(), 0)


def headings(notebook: Mapping[str, Any] | None, tasks: Collection[str]) -> dict[str, str]:
    """For each task the section of the notebook that it stands in: the last heading of the second level above it."""
    found: dict[str, str] = {}
    heading = ""
    for cell in _cells(notebook):
        if _nbgrader(cell).get("grade_id") in tasks:
            found[_nbgrader(cell)["grade_id"]] = heading
        elif cell.get("cell_type") == "markdown":
            lines = [line for line in joined(cell.get("source")).splitlines() if line.startswith("## ")]
            heading = lines[-1].lstrip("# ").strip() if lines else heading
    return {task: text for task, text in found.items() if text}


def sources(notebook: Mapping[str, Any] | None) -> frozenset[str]:
    """The sources of a notebook's cells."""
    return frozenset(joined(cell.get("source")) for cell in _cells(notebook))


def _cells(notebook: Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    cells = notebook.get("cells") if isinstance(notebook, Mapping) else None
    yield from (cell for cell in cells or () if isinstance(cell, Mapping))


def _nbgrader(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = cell.get("metadata")
    own = meta.get("nbgrader") if isinstance(meta, Mapping) else None
    return own if isinstance(own, Mapping) else {}


def _cell(cell: Mapping[str, Any], room: _Room, number: int) -> Cell:
    kind = "code" if cell.get("cell_type") == "code" else "markdown"
    source = cut(joined(cell.get("source")), SOURCE_CHARACTERS, SOURCE_LINES)
    raw = cell.get("outputs") if kind == "code" else None
    outputs = [o for o in raw if isinstance(o, Mapping)] if isinstance(raw, Sequence) and type(raw) is not str else []
    shown = tuple(found for one in outputs[:OUTPUTS] if (found := _output(one, room)))
    pictures = dict(_pictures(cell.get("attachments"), room)) if kind == "markdown" else {}
    return Cell(kind, source, shown, max(len(outputs) - OUTPUTS, 0), pictures, number)


def _pictures(attachments: Any, room: _Room) -> Iterator[tuple[str, str]]:
    for name, bundle in attachments.items() if isinstance(attachments, Mapping) else ():
        for mime in MIMES if isinstance(bundle, Mapping) else ():
            shown = picture(bundle.get(mime), mime)
            if shown is not None and len(shown) <= room.left:
                room.left -= len(shown)
                yield str(name), f"data:{mime};base64,{shown}"


def _output(output: Mapping[str, Any], room: _Room) -> Output | None:
    kind = output.get("output_type")
    if kind == "stream":
        return _text("text", joined(output.get("text")))
    if kind == "error":
        trace = joined([f"{line}\n" for line in output.get("traceback") or () if isinstance(line, str)])
        return _text("error", trace or f"{joined(output.get('ename'))}: {joined(output.get('evalue'))}")
    data = output.get("data")
    if not isinstance(data, Mapping):
        return None
    if "image/png" in data:
        shown = picture(data["image/png"])
        if shown is None or len(shown) > room.left:
            return Output("text", _("[A picture that is not shown here: not a PNG, damaged, or too large.]"))
        room.left -= len(shown)
        return Output("picture", shown)
    if "text/plain" in data:
        return _text("text", joined(data["text/plain"]))
    return Output("text", _("[An output of a kind that is not shown here.]"))


def _text(kind: str, text: str) -> Output | None:
    shown = cut(text, OUTPUT_CHARACTERS, OUTPUT_LINES)
    return Output(kind, shown.text, shown.left_out) if shown.text or shown.left_out else None
