"""Submissions of the small course for the tests, and what grades them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import nbformat

from autograder.course import Assignment, Course
from autograder.grading.notebook import Template
from autograder.grading.seeds import Secret
from autograder.grading.submission import Job
from tests.grading.courses import make_course, small_cells

HERE = Path(__file__).parent
MODULES = tuple((HERE / "small_checks" / part / "test_00_small.py", part == "hidden") for part in ("public", "hidden"))
SECRET = Secret(b"s" * 32)

STUBS = {
    "double": "def double(x):\n    raise NotImplementedError",
    "square": "def square(x):\n    raise NotImplementedError",
    "tiny-sum": "tiny_sum = {'total': None}",
    "why": "*Your answer.*",
}
RIGHT = {
    "double": "def double(x):\n    return 2 * x",
    "square": "def square(x):\n    return x * x",
    "tiny-sum": "tiny_sum = {'total': 3}",
}


def small_course(root: Path, **own: Any) -> Assignment:
    """The small course in ``root``, whose release version has stubs."""
    make_course(root, **{"limits": {"wall_s": 3}, **own})
    cells = copy.deepcopy(small_cells())
    for cell in cells:
        stub = STUBS.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        cell.source = stub or cell.source
    path = root / "assignments" / "00-small" / "00-small.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = cells
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return Course(root).assignment("00-small")


def answered(template: Template, answers: dict[str, str], extra: tuple[str, ...] = ()) -> bytes:
    """The released notebook with these answers, and cells with ``extra`` sources before the first answer."""
    notebook = copy.deepcopy(template.notebook)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    first = next(
        i for i, cell in enumerate(notebook.cells) if cell.metadata.get("nbgrader", {}).get("grade_id") == "double"
    )
    notebook.cells[first:first] = [nbformat.v4.new_code_cell(source) for source in extra]
    return nbformat.writes(notebook).encode()


def job(notebook: bytes | None, student: str = "ada", **own: Any) -> Job:
    """The job of a small submission."""
    return Job(
        student=student,
        notebook=notebook,
        seeds=SECRET.seeds(("double", "square", "tiny-sum"), student),
        seed_id=SECRET.id,
        checks="c",
        environment="e",
        **own,
    )


def scores(results: Any) -> dict[str, Any]:
    """Task id to score, of a ``Results`` or of its document."""
    document = results if isinstance(results, dict) else results.to_dict()
    return {task["task"]: task["score"] for task in document["tasks"]}


def as_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
