"""A submitted file, made into a notebook that is safe to run, to store and to show.

What is kept of a submission is the type and source of its cells and which of them is which; everything else
(locked cells, points, metadata, ids) comes from the release version. The rules:

- An answer cell is recognised by its ``grade_id``. Of several with the same one, the first whose source
differs from the release version is the answer (the first of all if none does); the others stay as cells
without an id. - A locked cell has the release version's source, whatever was submitted; a second one with
the same id is left out. - A missing cell is put back behind the cell that precedes it in the release
version; a missing code answer comes back empty, so that it cannot undo an answer that was written into
another cell. - An answer cell still as released, whose names another cell defines, is emptied for the same
reason. - Cells that the student added or moved stay where they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from autograder.course import RUBRIC_SUFFIX, Assignment, CourseError, Task
from autograder.submission.outputs import one_line
from autograder.submission.results import Reason

MAX_FILE_BYTES = 200_000_000
MAX_BYTES_WITHOUT_OUTPUTS = 50_000_000
MAX_SOURCE_CHARACTERS = 4_000_000
MAX_CELLS = 2_000

_NEW_CELL = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_PLAIN_TAG = re.compile(
    r"</?(?:b|i|u|s|em|strong|sub|sup|br|hr|p|ul|ol|li|table|thead|tbody|tr|td|th|code|pre|kbd|blockquote)\s*/?>",
    re.I,
)
# Markdown takes a backslash before a colon away.
_SCRIPT_LINK = re.compile(r"(?<![A-Za-z])(javascript|vbscript|data)([\s\\]*):", re.I)
# What MathJax makes links, styles and other HTML of, or loads; a formula that draws needs none of it.
_ACTIVE_TEX = re.compile(
    r"\\(?=(?:href|style|class|cssId|data|require|unicode|mmlToken|includegraphics|url)(?![A-Za-z]))"
)
_ENTITY = re.compile(r"&(?=#|colon;|tab;|newline;|lpar;|rpar;)", re.I)


class NotGradable(Exception):
    """The submission cannot be graded; ``reason`` is the results' reason, the text one sentence for
    people."""

    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


@dataclass(frozen=True)
class Template:
    """The release version of an assignment, parsed once, against which submissions are restored."""

    assignment: Assignment
    notebook: NotebookNode
    rubrics: dict[str, str]

    @classmethod
    def load(cls, assignment: Assignment) -> Template:
        """Reads the release version; ``CourseError`` if there is none or it lacks a cell of a task."""
        path = assignment.release_path
        if not path.is_file():
            raise CourseError(
                f"Assignment {assignment.name!r} is not released yet; run: autograder release {assignment.name}"
            )
        template = cls(assignment, _read(path), _rubrics(assignment.solution_path))
        for task in assignment.tasks:
            for grade_id in filter(None, (task.answer_id, task.check_id)):
                if grade_id not in template.cells:
                    raise CourseError(
                        f"The release version of {assignment.name!r} lacks the cell {grade_id!r}; "
                        f"run: autograder release {assignment.name}"
                    )
        return template

    @cached_property
    def cells(self) -> dict[str, NotebookNode]:
        """The cells with a ``grade_id``, in the order of the notebook."""
        return {grade_id: cell for cell in self.notebook.cells if (grade_id := grade_id_of(cell))}

    def is_answer(self, grade_id: str) -> bool:
        """Whether students may edit that cell."""
        return bool(self.cells[grade_id].metadata["nbgrader"].get("solution"))

    def source(self, grade_id: str) -> str:
        """The source of a locked cell: as released, but a rubric as its author wrote it."""
        return self.rubrics.get(grade_id, self.cells[grade_id].source)


def grade_id_of(cell: NotebookNode) -> str | None:
    """The nbgrader id of a cell of the release version or of a restored notebook."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def is_untouched(cell: NotebookNode, template: Template) -> bool:
    """Whether an answer cell of a restored notebook is as released, or empty."""
    source = cell.source.strip()
    return not source or source == template.cells[grade_id_of(cell) or ""].source.strip()


def sanitise(data: bytes, template: Template) -> NotebookNode:
    """The submission as a notebook of format 4.5 without outputs; ``NotGradable`` if it is no notebook."""
    try:
        return _restore(list(_student_cells(_parse(data))), template)
    except (NotGradable, MemoryError, OSError):
        raise
    except Exception as error:  # whatever a file that its author built for this brings about: it is no notebook
        raise NotGradable(
            "malformed", f"The submitted file could not be read as a notebook ({type(error).__name__})."
        ) from error


@dataclass
class _StudentCell:
    kind: str
    source: str
    grade_id: str | None


def _parse(data: bytes) -> dict[str, Any]:
    if not data.strip():
        raise NotGradable("malformed", "The submitted file is empty.")
    if len(data) > MAX_FILE_BYTES:
        raise NotGradable("malformed", f"The submitted file is larger than {MAX_FILE_BYTES // 10**6} MB.")
    try:
        document = json.loads(data.decode(json.detect_encoding(data)))
    except (ValueError, RecursionError) as error:
        position = f" (it breaks off or is wrong in line {error.lineno})" if hasattr(error, "lineno") else ""
        raise NotGradable(
            "malformed", f"The submitted file is not a notebook: it is not valid JSON{position}."
        ) from None
    if not isinstance(document, dict) or not isinstance(document.get("nbformat"), int):
        raise NotGradable("malformed", "The submitted file is not a notebook: it does not say its format.")
    if document["nbformat"] != 4 or not isinstance(document.get("cells"), list):
        raise NotGradable("malformed", "The submitted file is not a notebook of format 4, or has no cells.")
    if len(data) > MAX_BYTES_WITHOUT_OUTPUTS and _size_without_outputs(document) > MAX_BYTES_WITHOUT_OUTPUTS:
        most = MAX_BYTES_WITHOUT_OUTPUTS // 10**6
        raise NotGradable("malformed", f"The submitted notebook is larger than {most} MB even without its outputs.")
    return document


def _size_without_outputs(document: dict[str, Any]) -> int:
    for cell in document["cells"]:
        if isinstance(cell, dict):
            cell.pop("outputs", None)
    return len(json.dumps(document, ensure_ascii=False))


def _student_cells(document: dict[str, Any]) -> Iterator[_StudentCell]:
    cells = [cell for cell in document["cells"] if isinstance(cell, dict) and _kind(cell) in _NEW_CELL]
    if len(cells) > MAX_CELLS:
        raise NotGradable("malformed", f"The submitted notebook has more than {MAX_CELLS} cells.")
    total = 0
    for cell in cells:
        source = _text(cell.get("source"))
        total += len(source)
        if total > MAX_SOURCE_CHARACTERS:
            raise NotGradable("malformed", f"The submitted cells hold more than {MAX_SOURCE_CHARACTERS} characters.")
        meta = cell.get("metadata")
        own = meta.get("nbgrader") if isinstance(meta, dict) else None
        grade_id = own.get("grade_id") if isinstance(own, dict) else None
        yield _StudentCell(cell["cell_type"], source, grade_id if isinstance(grade_id, str) else None)


def _kind(cell: dict[str, Any]) -> str:
    kind = cell.get("cell_type")
    return kind if isinstance(kind, str) else ""


def _text(source: object) -> str:
    """A cell's source as one string with Unix line endings that can be written as UTF-8."""
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        return ""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    return source.encode("utf-8", "replace").decode("utf-8")


def _restore(submitted: list[_StudentCell], template: Template) -> NotebookNode:
    owners = _owners(submitted, template)
    cells: list[NotebookNode] = []
    for index, student_cell in enumerate(submitted):
        grade_id = student_cell.grade_id
        if grade_id in template.cells and owners[grade_id] == index:
            cells.append(_own_cell(template, grade_id, student_cell.source))
        elif grade_id not in template.cells or template.is_answer(grade_id):
            cells.append(_extra_cell(student_cell))
    _put_back_missing(cells, template)
    _empty_overtaken_stubs(cells, template)
    for index, cell in enumerate(cells):
        cell.id = f"cell-{index}"
    return new_notebook(cells=cells, metadata=template.notebook.metadata)


def _owners(submitted: Iterable[_StudentCell], template: Template) -> dict[str, int]:
    """For each id of the release version the index of the submitted cell that has it (see the module's
    rules)."""
    owners: dict[str, int] = {}
    changed: set[str] = set()
    for index, cell in enumerate(submitted):
        if cell.grade_id not in template.cells:
            continue
        owners.setdefault(cell.grade_id, index)
        differs = cell.source.strip() != template.cells[cell.grade_id].source.strip()
        if differs and cell.grade_id not in changed:
            changed.add(cell.grade_id)
            owners[cell.grade_id] = index
    return owners


def _own_cell(template: Template, grade_id: str, source: str) -> NotebookNode:
    """A cell of the release version, with the student's source if it is an answer."""
    released = template.cells[grade_id]
    if not template.is_answer(grade_id):
        source = template.source(grade_id)
    elif source != released.source and released.cell_type == "markdown":
        source = safe_markdown(source)
    return _NEW_CELL[released.cell_type](source, metadata=released.metadata)


def _extra_cell(cell: _StudentCell) -> NotebookNode:
    source = cell.source if cell.kind == "code" else safe_markdown(cell.source)
    return _NEW_CELL["markdown" if cell.kind == "raw" else cell.kind](source)


def _put_back_missing(cells: list[NotebookNode], template: Template) -> None:
    previous: str | None = None
    for grade_id, released in template.cells.items():
        place = {grade_id_of(cell): index for index, cell in enumerate(cells)}
        if grade_id not in place:
            empty = template.is_answer(grade_id) and released.cell_type == "code"
            source = "" if empty else template.source(grade_id)
            cell = _NEW_CELL[released.cell_type](source, metadata=released.metadata)
            cells.insert(place[previous] + 1 if previous else 0, cell)
        previous = grade_id


def _empty_overtaken_stubs(cells: list[NotebookNode], template: Template) -> None:
    for task in template.assignment.automatic:
        cell = next(cell for cell in cells if grade_id_of(cell) == task.answer_id)
        if cell.source.strip() != template.cells[task.answer_id].source.strip():
            continue
        others = (other.source for other in cells if other.cell_type == "code" and grade_id_of(other) is None)
        edited = (other.source for other in cells if _is_edited_answer(other, template))
        if _defines(task, [*others, *edited]):
            cell.source = ""


def _is_edited_answer(cell: NotebookNode, template: Template) -> bool:
    grade_id = grade_id_of(cell)
    return (
        cell.cell_type == "code" and grade_id is not None and template.is_answer(grade_id)
        and cell.source != template.cells[grade_id].source
    )  # fmt: skip


def _defines(task: Task, sources: Iterable[str]) -> bool:
    """Whether a source defines a name of the task; by pattern, since parsing hostile source can end the
    process."""
    names = "|".join(re.escape(name) for name in task.names)
    pattern = re.compile(rf"^(?:(?:async[ ]+)?def|class)[ ]+(?:{names})\b|^(?:{names})[ ]*=", re.MULTILINE)
    return bool(names) and any(pattern.search(source) for source in sources)


def safe_markdown(source: str) -> str:
    """Student's Markdown in which no tag, link or entity can run anything in a reader's browser.

    A tag is broken by a blank behind its ``<``, which reads well in text, code and formulas alike; plain
    formatting tags without attributes stay."""
    source = _TAG.sub(lambda m: m.group() if _PLAIN_TAG.match(source, m.start()) else "< ", source)
    source = _ENTITY.sub("& ", source)
    source = _ACTIVE_TEX.sub(r"\\ ", source)
    return _SCRIPT_LINK.sub(lambda m: f"{m.group(1)} :", source)


def describe_missing_file(folder: Path, assignment: str) -> str:
    """One sentence for a submission folder that lacks the assignment's notebook."""
    others = sorted(one_line(path.name, 60) for path in folder.glob("*.ipynb"))[:3]
    found = f"; it has {', '.join(others)}" if others else ""
    return f"The submission has no file {assignment}.ipynb{found}."


def _read(path: Path) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat raises what its schema library raises
        raise CourseError(f"The notebook {path.name} of the course cannot be read: {one_line(str(error))}.") from error


def _rubrics(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    cells = ((grade_id_of(cell), cell.source) for cell in _read(path).cells)
    return {grade_id: source for grade_id, source in cells if grade_id and grade_id.endswith(RUBRIC_SUFFIX)}
