"""The rows of one submission: what is written of it into the gradebook, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nbgrader.api import Comment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook

from autograder.course import CHECK_SUFFIX
from autograder.gradebook.commit import Commit


def write_grade(grade: Grade, cell: str, commit: Commit) -> None:
    """Fills in one cell's automatic score. A grade that a person gave stays. Unlike nbgrader, which asks for it again
    after every regrade, it asks for another look only if the answer has changed for which it was given."""
    results = commit.results
    task = next((task for task in results["tasks"] if _graded_cell(task) == cell), None)
    waits = task is not None and task["status"] == "needs_manual_grade" and results["status"] != "not_gradable"
    grade.auto_score = None if waits else _score(task)
    if grade.manual_score is None:
        grade.needs_manual_grade = waits
    elif commit.changed is None or task is None or task["task"] in commit.changed:
        grade.needs_manual_grade = True


def _graded_cell(task: Mapping[str, Any]) -> str:
    name: str = task["task"]
    return name if task["kind"] == "text" else name + CHECK_SUFFIX


@dataclass(frozen=True)
class Cells:
    """The rows of an assignment's cells by their ids, read once for a batch.

    Grades and comments are found by cell and notebook together: that pair has an index in nbgrader's
    tables. A search by the notebook alone would read the whole table, and cost more with every submission.
    """

    notebook_id: str
    graded: Mapping[str, str]
    commented: Mapping[str, str]

    @classmethod
    def of(cls, gradebook: Gradebook, assignment: str) -> Cells:
        notebook = gradebook.find_notebook(assignment, assignment)
        graded = {cell.id: cell.name for cell in (*notebook.grade_cells, *notebook.task_cells)}
        commented = {cell.id: cell.name for cell in (*notebook.solution_cells, *notebook.task_cells)}
        return cls(notebook.id, graded, commented)

    def submitted(self, gradebook: Gradebook, submission: SubmittedAssignment) -> SubmittedNotebook:
        found = gradebook.db.query(SubmittedNotebook).filter_by(
            notebook_id=self.notebook_id, assignment_id=submission.id
        )
        return found.one()

    def grades(self, gradebook: Gradebook, notebook: SubmittedNotebook) -> Iterator[tuple[str, Grade]]:
        """A row for each graded cell; one that the gradebook lost is made again."""
        found = gradebook.db.query(Grade).filter(Grade.cell_id.in_(self.graded), Grade.notebook_id == notebook.id).all()
        for lost in self.graded.keys() - {grade.cell_id for grade in found}:
            found.append(Grade(cell_id=lost, notebook_id=notebook.id))
            gradebook.db.add(found[-1])
        return ((self.graded[grade.cell_id], grade) for grade in found)

    def comments(self, gradebook: Gradebook, notebook: SubmittedNotebook) -> Iterator[tuple[str, Comment]]:
        found = gradebook.db.query(Comment).filter(
            Comment.cell_id.in_(self.commented), Comment.notebook_id == notebook.id
        )
        return ((self.commented[comment.cell_id], comment) for comment in found)


def _score(task: Mapping[str, Any] | None) -> float:
    return float(task["score"] or 0.0) if task is not None else 0.0
