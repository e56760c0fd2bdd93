"""A submitted file, made into a notebook that is safe to run, to store and to show.

What is kept of a submission is the type and source of its cells, the pictures of its texts, and which cell is which;
everything else (locked cells, points, metadata, ids) comes from the release version. The rules:

- An answer cell is recognised by its ``grade_id``. Of several with the same one, the first whose source differs from
  the release version is the answer (the first of all if none does); the others stay as cells without an id, but a text
  answer's are part of it. A cell that has lost its id is recognised by its source, where that is the course's.
- A locked cell has the release version's source, whatever was submitted; a second one with the same id is left out.
  Code that was typed into it runs as a cell of its own before it; text is put into the answer beside it (see `texts`).
- A missing cell is put back behind the cell that precedes it in the release version; a missing code answer comes back
  empty, so that it cannot undo an answer that was written into another cell. So is a missing or changed cell with
  imports that stands before the first answer; what the student made of it runs after it.
- An answer cell still as released, whose names another cell defines, is emptied for the same reason.
- Cells that the student added or moved stay where they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from autograder.course import CHECK_SUFFIX, RUBRIC_SUFFIX, Assignment, Course, CourseError, Task
from autograder.faults import of_os_error
from autograder.language import sentences_of
from autograder.notebook_file import NotANotebook, document_of
from autograder.submission.nodes import CELL_KINDS, new_cell
from autograder.submission.prose import Pictures, Prose, safe_markdown, with_pictures
from autograder.submission.results import Reason
from autograder.submission.text import one_line
from autograder.submission.texts import Given, Placed, gather

_ = sentences_of(__package__)

MAX_BYTES_WITHOUT_OUTPUTS = 50_000_000
MAX_SOURCE_CHARACTERS = 4_000_000
MAX_CELLS = 2_000

_IMPORT = re.compile(r"^(?:import|from)[ ]", re.MULTILINE)


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
                _("Assignment {name!r} is not released yet; run: autograder release {name}").format(
                    name=assignment.name
                )
            )
        template = cls(assignment, _read(path), _rubrics(assignment.solution_path))
        for task in assignment.tasks:
            for grade_id in filter(None, (task.answer_id, task.check_id)):
                if grade_id not in template.cells:
                    raise CourseError(
                        _(
                            "The release version of {name!r} lacks the cell {grade_id!r}; "
                            "run: autograder release {name}"
                        ).format(name=assignment.name, grade_id=grade_id)
                    )
        return template

    @cached_property
    def cells(self) -> dict[str, NotebookNode]:
        """The cells with a ``grade_id``, in the order of the notebook."""
        return {grade_id: cell for cell in self.notebook.cells if (grade_id := grade_id_of(cell))}

    @cached_property
    def given(self) -> Given:
        """The course's own prose."""
        cells = (cell for cell in self.notebook.cells if cell.cell_type == "markdown")
        return Given.of(c.source for c in cells if grade_id_of(c) is None or not self.is_answer(grade_id_of(c) or ""))

    @cached_property
    def setup(self) -> tuple[NotebookNode, ...]:
        """The cells with imports before the first answer, which have no id because students may change them."""
        first = next((i for i, c in enumerate(self.notebook.cells) if self._is_of_a_task(grade_id_of(c))), None)
        return tuple(
            cell for cell in self.notebook.cells[:first]
            if cell.cell_type == "code" and grade_id_of(cell) is None and _IMPORT.search(cell.source)
        )  # fmt: skip

    def _is_of_a_task(self, grade_id: str | None) -> bool:
        return any(grade_id == task.answer_id for task in self.assignment.tasks)

    def is_answer(self, grade_id: str) -> bool:
        """Whether students may edit that cell."""
        return bool(self.cells[grade_id].metadata["nbgrader"].get("solution"))

    def source(self, grade_id: str) -> str:
        """The source of a locked cell: as released, but a rubric as its author wrote it."""
        found: str = self.rubrics.get(grade_id, self.cells[grade_id].source)
        return found


def grade_id_of(cell: NotebookNode) -> str | None:
    """The nbgrader id of a cell of the release version or of a restored notebook."""
    found: str | None = cell.metadata.get("nbgrader", {}).get("grade_id")
    return found


def is_untouched(cell: NotebookNode, template: Template) -> bool:
    """Whether an answer cell of a restored notebook is as released, or empty."""
    source = cell.source.strip()
    return not source or source == template.cells[grade_id_of(cell) or ""].source.strip()


def sanitise(data: bytes, template: Template) -> NotebookNode:
    """The submission as a notebook of format 4.5 without outputs; ``NotGradable`` if it is no notebook, or another
    assignment's."""
    try:
        cells = list(_student_cells(_parse(data)))
        _refuse_anothers(cells, template)
        return _restore(cells, template)
    except (NotGradable, MemoryError, OSError):
        raise
    except Exception as error:  # whatever a file that its author built for this brings about: it is no notebook
        raise NotGradable(
            "malformed",
            _("The submitted file could not be read as a notebook ({kind}).").format(kind=type(error).__name__),
        ) from error


def is_put_back(cell: NotebookNode) -> bool:
    """Whether a cell of a restored notebook is one with imports that the student had changed or taken out."""
    return bool(cell.metadata.get("autograder", {}).get("put_back"))


@dataclass
class _StudentCell:
    kind: str
    source: str
    grade_id: str | None
    attachments: dict[str, dict[str, str]]


def _parse(data: bytes) -> dict[str, Any]:
    try:
        document = document_of(data)
    except NotANotebook as error:
        raise NotGradable("malformed", _("The submitted file {error}").format(error=error)) from None
    if len(data) > MAX_BYTES_WITHOUT_OUTPUTS and _size_without_outputs(document) > MAX_BYTES_WITHOUT_OUTPUTS:
        most = MAX_BYTES_WITHOUT_OUTPUTS // 10**6
        raise NotGradable(
            "malformed",
            _("The submitted notebook is larger than {most} MB even without its outputs.").format(most=most),
        )
    return document


def _size_without_outputs(document: dict[str, Any]) -> int:
    for cell in document["cells"]:
        if isinstance(cell, dict):
            cell.pop("outputs", None)
    return len(json.dumps(document, ensure_ascii=False))


def _student_cells(document: dict[str, Any]) -> Iterator[_StudentCell]:
    cells = [cell for cell in document["cells"] if isinstance(cell, dict) and _kind(cell) in CELL_KINDS]
    if len(cells) > MAX_CELLS:
        raise NotGradable(
            "malformed", _("The submitted notebook has more than {max_cells} cells.").format(max_cells=MAX_CELLS)
        )
    total, pictures = 0, Pictures()
    for cell in cells:
        prose = Prose(_text(cell.get("source")))
        if cell["cell_type"] != "code":
            prose = with_pictures(prose.source, cell.get("attachments"), pictures)
        total += len(prose.source)
        if total > MAX_SOURCE_CHARACTERS:
            raise NotGradable(
                "malformed",
                _("The submitted cells hold more than {max_source_characters} characters.").format(
                    max_source_characters=MAX_SOURCE_CHARACTERS
                ),
            )
        meta = cell.get("metadata")
        own = meta.get("nbgrader") if isinstance(meta, dict) else None
        grade_id = own.get("grade_id") if isinstance(own, dict) else None
        grade_id = grade_id if isinstance(grade_id, str) else None
        yield _StudentCell(cell["cell_type"], prose.source, grade_id, prose.attachments)


def _refuse_anothers(cells: Sequence[_StudentCell], template: Template) -> None:
    """Raises where a notebook has cells of another assignment's tasks, and none of this one's."""
    ids = {cell.grade_id for cell in cells if cell.grade_id}
    if not ids or ids & _ids_of_tasks(template.assignment):
        return
    course = Course(template.assignment.root)
    for name in course.names:
        if name != template.assignment.name and ids & _ids_of_tasks(course.assignment(name)):
            raise NotGradable(
                "malformed",
                _("The submitted notebook is that of {name}: hand in {name2}.ipynb for {name2}.").format(
                    name=name, name2=template.assignment.name
                ),
            )


def _ids_of_tasks(assignment: Assignment) -> set[str]:
    return {grade_id for task in assignment.tasks for grade_id in (task.answer_id, task.check_id) if grade_id}


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
    placed: list[Placed] = []
    copies: dict[str, list[tuple[str, Prose]]] = {}
    for index, cell in enumerate(submitted):
        grade_id = _recognised(index, cell, owners)
        if grade_id is None:
            placed.append(_added(cell))
        elif owners[grade_id] == index:
            placed += _own_cells(template, grade_id, cell)
        elif template.is_answer(grade_id) and template.cells[grade_id].cell_type == "code":
            placed.append(_added(cell))
        elif template.is_answer(grade_id) and cell.source.strip() != template.cells[grade_id].source.strip():
            where = _("in another copy of this cell")
            copies.setdefault(grade_id, []).append((where, Prose(safe_markdown(cell.source), cell.attachments)))
    _put_back_missing(placed, template)
    for one in placed:
        one.strays += copies.get(one.grade_id or "", ())
    texts = [task.answer_id for task in template.assignment.tasks if task.kind == "text"]
    gather(placed, texts, lambda task: template.cells[task].source, template.given)
    cells = [one.cell for one in placed]
    _put_back_setup(cells, template)
    _empty_overtaken_stubs(cells, template)
    for index, node in enumerate(cells):
        node.id = f"cell-{index}"
    found: NotebookNode = new_notebook(cells=cells, metadata=template.notebook.metadata)
    return found


def _owners(submitted: Sequence[_StudentCell], template: Template) -> dict[str, int]:
    """For each id of the release version the index of the submitted cell that has it (see the module's
    rules)."""
    owners: dict[str, int] = {}
    changed: set[str] = set()
    lost: dict[tuple[str, str], int] = {}  # cells without an id, by kind and source
    for index, cell in enumerate(submitted):
        if cell.grade_id not in template.cells:
            lost.setdefault((cell.kind, cell.source.strip()), index)
            continue
        owners.setdefault(cell.grade_id, index)
        differs = cell.source.strip() != template.cells[cell.grade_id].source.strip()
        if differs and cell.grade_id not in changed:
            changed.add(cell.grade_id)
            owners[cell.grade_id] = index
    for grade_id, released in template.cells.items():
        at = lost.get((released.cell_type, released.source.strip()))
        if grade_id not in owners and released.source.strip() and at is not None and at not in owners.values():
            owners[grade_id] = at
    return owners


def _recognised(index: int, cell: _StudentCell, owners: dict[str, int]) -> str | None:
    """The id of the course's cell that a submitted one is, or is a copy of."""
    if cell.grade_id in owners:
        return cell.grade_id
    return next((grade_id for grade_id, owner in owners.items() if owner == index), None)


def _own_cells(template: Template, grade_id: str, cell: _StudentCell) -> list[Placed]:
    """A cell of the release version, with the student's source if it is an answer; before a locked one the code that
    was typed into it."""
    released, source = template.cells[grade_id], cell.source
    text = released.cell_type == "markdown"
    if template.is_answer(grade_id):
        if text and source != released.source:
            source = safe_markdown(source)
        answer = new_cell(released.cell_type, source, metadata=released.metadata)
        if text and cell.attachments:
            answer.attachments = cell.attachments
        return [Placed(answer, cell.source, grade_id)]
    own = Placed(new_cell(released.cell_type, template.source(grade_id), metadata=released.metadata), "", grade_id)
    typed = _typed_into(template, grade_id, source)
    if not typed:
        return [own]
    if text or cell.kind != "code":
        own.strays.append((_("in the locked cell"), Prose(safe_markdown(typed), cell.attachments)))
        return [own]
    return [_added(_StudentCell("code", typed, None, {})), own]


def _typed_into(template: Template, grade_id: str, source: str) -> str:
    """What a student wrote into a locked cell: all of it, but of a check cell and of prose what is not the course's."""
    known = {template.cells[grade_id].source.strip(), template.source(grade_id).strip()}
    if source.strip() in known:
        return ""
    if template.cells[grade_id].cell_type == "markdown":
        return template.given.added_to(source)
    if not grade_id.endswith(CHECK_SUFFIX):
        return source.strip()
    lines = {line.strip() for line in template.cells[grade_id].source.splitlines()}
    return "\n".join(line for line in source.splitlines() if line.strip() not in lines).strip("\n")


def _added(cell: _StudentCell) -> Placed:
    source = cell.source if cell.kind == "code" else safe_markdown(cell.source)
    added = new_cell("markdown" if cell.kind == "raw" else cell.kind, source)
    if cell.attachments:
        added.attachments = cell.attachments
    return Placed(added, cell.source, None, cell.attachments)


def _put_back_missing(placed: list[Placed], template: Template) -> None:
    for index, released in enumerate(template.notebook.cells):
        grade_id = grade_id_of(released)
        if grade_id is None or any(one.grade_id == grade_id for one in placed):
            continue
        empty = template.is_answer(grade_id) and released.cell_type == "code"
        source = "" if empty else template.source(grade_id)
        cell = new_cell(released.cell_type, source, metadata=released.metadata)
        at = _behind(template.notebook.cells[:index], [(one.grade_id, one.cell) for one in placed])
        placed.insert(at, Placed(cell, "", grade_id))


def _put_back_setup(cells: list[NotebookNode], template: Template) -> None:
    """Puts the imports of the release version before what a student made of them, so that the notebook has their names
    where that fails. A picture's or a table's name may be in such a cell too: what the student wrote comes after."""
    there = {cell.source.strip() for cell in cells if cell.cell_type == "code"}
    for released in template.setup:
        if released.source.strip() not in there:
            index = next(i for i, cell in enumerate(template.notebook.cells) if cell is released)
            at = _behind(template.notebook.cells[:index], [(grade_id_of(cell), cell) for cell in cells])
            cells.insert(at, new_cell("code", released.source, metadata={"autograder": {"put_back": True}}))


def _behind(before: Sequence[NotebookNode], cells: Sequence[tuple[str | None, NotebookNode]]) -> int:
    """Where a cell of the release version belongs: behind the nearest of those ``before`` it that is there."""
    for released in reversed(before):
        wanted, source = grade_id_of(released), released.source.strip()
        for index, (grade_id, cell) in enumerate(cells):
            if grade_id == wanted and (wanted is not None or cell.source.strip() == source):
                return index + 1
    return 0


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


def _read(path: Path) -> NotebookNode:
    try:
        found: NotebookNode = nbformat.read(path, as_version=4)
        return found
    except OSError as error:
        raise CourseError(str(of_os_error(error, path))) from error
    except Exception as error:  # nbformat raises what its schema library raises
        raise CourseError(
            _("The notebook {name} of the course cannot be read: {error}.").format(
                name=path.name, error=one_line(str(error))
            )
        ) from error


def _rubrics(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    cells = ((grade_id_of(cell), cell.source) for cell in _read(path).cells)
    return {grade_id: source for grade_id, source in cells if grade_id and grade_id.endswith(RUBRIC_SUFFIX)}
