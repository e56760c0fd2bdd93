"""What stands side by side while a text task is graded: question, answer, model answer, mark scheme."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from autograder.course import Assignment, Task
from autograder.feedback.cells import Cell, joined_source, own_work, shown, sources
from autograder.feedback.feedback_run import AUTOGRADED, read_notebook, rubrics_of
from autograder.feedback.markdown import as_html

# A row of a mark scheme's table, and a line of its list: what it says, and its points.
_ROW = re.compile(r"^\|(?P<says>.*)\|\s*(?P<points>[+-−]?\d+(?:[.,]\d+)?)\s*\|\s*$")
_LINE = re.compile(r"^\s*[-*+]\s+(?P<says>.*?)\s*\((?P<points>[+-−]?\d+(?:[.,]\d+)?)\s*points?\)\s*\.?\s*$")


_MARK = re.compile(r"\s*#+ (BEGIN|END) SOLUTION\s*")


@dataclass(frozen=True)
class Asked:
    """A text task as its author wrote it: the question, the model answer and the mark scheme to read, and the mark
    scheme's items with their points."""

    question: Sequence[Cell]
    model: Cell | None
    scheme: Markup | None
    items: Sequence[tuple[str, float]]


def asked(assignment: Assignment, task: Task) -> Asked:
    """What a task asks for."""
    cells = (read_notebook(assignment.solution_path) or {}).get("cells") or []
    place = next((n for n, cell in enumerate(cells) if _id(cell) == task.answer_id), None)
    scheme = rubrics_of(assignment).get(task.id, "")
    return Asked(
        question=[] if place is None else [shown(cell) for cell in _above(cells, place)],
        model=None if place is None else shown(
            {**cells[place], "source": without_marks(joined_source(cells[place]))}
        ),
        scheme=as_html(scheme) if scheme else None,
        items=list(items_of(scheme)),
    )


def without_marks(text: str) -> str:
    """A model answer without the lines that tell nbgrader where it begins and ends."""
    return "\n".join(line for line in text.split("\n") if not _MARK.fullmatch(line))


def items_of(scheme: str) -> Iterator[tuple[str, float]]:
    """The items of a mark scheme, a table or a list, each with its points."""
    for line in scheme.splitlines():
        match = _ROW.match(line.strip()) or _LINE.match(line)
        if match:
            yield match["says"].strip(), float(match["points"].replace(",", ".").replace("−", "-"))


def answer_of(course_dir: Path, assignment: Assignment, task: Task, student: str) -> Sequence[Cell]:
    """What a student wrote for a text task, cleaned; nothing where the graded notebook is gone or damaged."""
    notebook = read_notebook(course_dir / AUTOGRADED / student / assignment.name / f"{assignment.name}.ipynb")
    given = sources(read_notebook(assignment.release_path))
    return own_work(notebook, [one.id for one in assignment.tasks], given).by_task.get(task.id, [])


def text_of(course_dir: Path, assignment: Assignment, task: Task, student: str) -> str:
    """The text of an answer as it was written, for comparing alone: it is not cleaned."""
    notebook = read_notebook(course_dir / AUTOGRADED / student / assignment.name / f"{assignment.name}.ipynb")
    cells = (notebook or {}).get("cells")
    own = [cell for cell in cells if _id(cell) == task.answer_id] if isinstance(cells, list) else []
    return joined_source(own[0]) if own else ""


def _above(cells: Sequence[Mapping[str, Any]], place: int) -> Sequence[Mapping[str, Any]]:
    """The Markdown right above an answer, down from the last heading: the question."""
    first = place
    while first and cells[first - 1].get("cell_type") == "markdown" and not _id(cells[first - 1]):
        first -= 1
        if joined_source(cells[first]).lstrip().startswith("#"):
            break
    return cells[first:place]


def _id(cell: Any) -> str:
    meta = cell.get("metadata") if isinstance(cell, Mapping) else None
    own = meta.get("nbgrader") if isinstance(meta, Mapping) else None
    return str(own.get("grade_id") or "") if isinstance(own, Mapping) else ""
