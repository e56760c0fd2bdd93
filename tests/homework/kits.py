"""A small kit, and a student's work in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.homework import manifest

STUB = "def doubled(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
PUBLIC = '''
from autograder.checks.api import expect_equal
def test_three(student):
    """Twice three is six."""
    expect_equal(student.doubled(3), 6)
'''
SETTINGS = '[tool.autograder]\ncourse = "{package}"\nid = "numbers"\n[tool.autograder.forbidden]\nnumpy = ["scipy"]\n'


def task_cells(task: str, stub: str, points: float = 4) -> list[NotebookNode]:
    answer = {"grade_id": task, "solution": True, "grade": False, "locked": False}
    check = {"grade_id": f"{task}-check", "solution": False, "grade": True, "locked": True, "points": points}
    return [
        new_code_cell(stub, id=task, metadata={"nbgrader": answer}),
        new_code_cell(f'check("{task}")', id=f"{task}-check", metadata={"nbgrader": check}),
    ]


def text_cell(task: str, points: float = 2) -> NotebookNode:
    meta = {"grade_id": task, "solution": True, "grade": True, "locked": False, "points": points}
    return new_markdown_cell("YOUR ANSWER HERE", id=task, metadata={"nbgrader": meta})


def released() -> list[NotebookNode]:
    return [
        new_markdown_cell("# Numbers\n\nAbout numbers.", id="title"),
        new_code_cell("from autograder import check", id="imports"),
        new_code_cell('STUDENT_ID = ""', id="student"),
        *task_cells("doubled", STUB),
        new_markdown_cell("Now some words.", id="words"),
        text_cell("why"),
    ]


def write_kit(folder: Path, cells: Sequence[NotebookNode], package: str, readme: str = "The kit.") -> Path:
    """A kit with one notebook and one task whose check can be run."""
    task = folder / package / "numbers" / "doubled"
    task.mkdir(parents=True)
    for home in (task, task.parent, task.parents[1]):
        (home / "__init__.py").touch()
    (task / "public.py").write_text(PUBLIC)
    (folder / "pyproject.toml").write_text(SETTINGS.format(package=package))
    (folder / "README.md").write_text(readme)
    (folder / "01-numbers").mkdir()
    save(folder, cells)
    manifest.write(folder, manifest.list_kit(folder, "numbers"))
    return folder


def path_of(folder: Path) -> Path:
    return folder / "01-numbers" / "01-numbers.ipynb"


def save(folder: Path, cells: Sequence[NotebookNode]) -> None:
    nbformat.write(new_notebook(cells=list(cells)), path_of(folder))


def load(folder: Path) -> NotebookNode:
    return nbformat.read(path_of(folder), as_version=4)


def by_id(notebook: NotebookNode) -> dict[str, NotebookNode]:
    return {cell.id: cell for cell in notebook.cells}
