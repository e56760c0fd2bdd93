"""What the gradebook knows of an assignment: the cells of its source notebook."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor, SaveCells
from nbgrader.utils import is_grade, is_locked, is_solution

from autograder.course import Assignment
from autograder.gradebook.student_version import BEFORE_SAVING, generate, read_source


@lru_cache(maxsize=16)
def as_registered(path: Path, modified_ns: int) -> NotebookNode:
    """The source notebook as the gradebook keeps it; ``modified_ns`` lets an edited one be read again."""
    return generate(read_source(path), BEFORE_SAVING)


def is_registered(gradebook: Gradebook, name: str, source: NotebookNode, course_id: str) -> bool:
    """Whether the gradebook has exactly the cells of ``source``. A cell's checksum covers text, kind and
    points."""
    try:
        assignment, notebook = gradebook.find_assignment(name), gradebook.find_notebook(name, name)
    except MissingEntry:
        return False
    cells = [cell for cell in source.cells if is_grade(cell) or is_solution(cell) or is_locked(cell)]
    return (
        assignment.course_id == course_id
        and [row.name for row in assignment.notebooks] == [name]
        and {row.name: row.checksum for row in notebook.source_cells}
        == {cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.checksum for cell in cells}
        and {row.name for row in notebook.grade_cells} == {c.metadata.nbgrader.grade_id for c in cells if is_grade(c)}
    )


class SaveOurCells(SaveCells):
    """nbgrader's own step, in a transaction of ours instead of a gradebook that it opens and closes."""

    def __init__(self, gradebook: Gradebook, assignment: Assignment) -> None:
        super().__init__()
        self.gradebook = gradebook
        self.assignment_id = self.notebook_id = assignment.name
        self.new_grade_cells: dict[str, Any] = {}
        self.new_solution_cells: dict[str, Any] = {}
        self.new_task_cells: dict[str, Any] = {}
        self.new_source_cells: dict[str, Any] = {}

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        nb, resources = NbGraderPreprocessor.preprocess(self, nb, resources)
        self._create_notebook(nb)
        return nb, resources
