"""A course as an author writes it: solution regions, hidden check calls, a rubric, for tests with nbgrader
itself."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from tests.small.courses import editable, lay_out_package, nbgrader, write_notebook

NAME = "00-small"

DOUBLE = '''def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    one_of_the_author = x
    result_of_the_author = one_of_the_author + x
    return result_of_the_author
    ### END SOLUTION
'''
TINY_SUM = """tiny_sum = {"total": None}
### BEGIN SOLUTION
tiny_sum = {"total": 1 + 1 + 1}
### END SOLUTION
"""
WHY = """*Why?*

### BEGIN SOLUTION
Because the model answer of the author says so.
### END SOLUTION
"""
RUBRIC = """### BEGIN MARK SCHEME
* names the reason (3 points)
* gives an example of it (2 points)
### END MARK SCHEME
"""


def task_cells(task: str, answer: str, points: float, kind: str = "code") -> list[NotebookNode]:
    """An answer cell with a solution region and its check cell."""
    check = new_code_cell(
        f'check("{task}")\n### BEGIN HIDDEN TESTS\ncheck("{task}", hidden=True)\n### END HIDDEN TESTS',
        id=f"{task}-check",
    )
    check.metadata["nbgrader"] = nbgrader(f"{task}-check", grade=True, points=points)
    check.metadata["autograder"] = {"kind": kind}
    cell = new_code_cell(answer, id=task)
    cell.metadata["nbgrader"] = nbgrader(task, solution=True)
    return [cell, check]


def text_cells(task: str, answer: str, rubric: str, points: float) -> list[NotebookNode]:
    """An answer cell for prose and its rubric."""
    cell = new_markdown_cell(answer, id=task)
    cell.metadata["nbgrader"] = {
        **nbgrader(task, grade=True, solution=True, points=points), "cell_type": "markdown",
    }  # fmt: skip
    marks = new_markdown_cell(rubric, id=f"{task}-rubric")
    marks.metadata["nbgrader"] = {**nbgrader(f"{task}-rubric"), "cell_type": "markdown"}
    return [cell, marks]


def source_cells() -> list[NotebookNode]:
    student = editable("student-id", 'STUDENT_ID = "me"')
    student["id"] = "student-id"
    return [
        new_markdown_cell("# A small assignment\n\nTwo tasks and a question.", id="title"),
        student,
        new_code_cell("from autograder import check", id="imports"),
        *text_cells("why", WHY, RUBRIC, 5),
        *task_cells("double", DOUBLE, 4),
        *task_cells("tiny-sum", TINY_SUM, 2, kind="answer"),
    ]


def make_course(root: Path, cells: list[NotebookNode] | None = None, name: str = NAME) -> Path:
    """Writes the source notebook and the course's nbgrader settings below ``root``, which it returns."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    write_notebook(
        root / "solutions" / name / f"{name}.ipynb",
        source_cells() if cells is None else cells,
        kernelspec=kernel,
        autograder={"runtime": "numpy"},
    )
    config = Path(__file__).resolve().parents[2] / "nbgrader_config.py"
    (root / "nbgrader_config.py").write_text(config.read_text(encoding="utf-8"), encoding="utf-8")
    return lay_out_package(root)


def submit(root: Path, student: str, answers: dict[str, str] | bytes, timestamp: str | None = None) -> Path:
    """Hands in the released notebook with these answers, or a file with these bytes; returns its folder."""
    folder = root / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}.ipynb"
    if isinstance(answers, bytes):
        path.write_bytes(answers)
    else:
        notebook = read(root / "assignments" / NAME / f"{NAME}.ipynb")
        for grade_id, source in answers.items():
            cell(notebook, grade_id).source = source
        path.write_text(nbformat.writes(notebook), encoding="utf-8")
    if timestamp:
        (folder / "timestamp.txt").write_text(timestamp)
    return folder


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def cell(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)
