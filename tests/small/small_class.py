"""Submissions of the small course for the tests, and what grades them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import nbformat

from autograder.classroom.seeds import Secret
from autograder.course import Assignment, Course
from autograder.submission.job import Job
from autograder.submission.notebook import Template
from tests.small.courses import make_course, small_cells

SECRET = Secret(b"s" * 32)
UNTIMED: dict[str, Any] = {"seconds": 0, "task_seconds": {}, "check_seconds": {}}  # what differs from run to run

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


LOOKS = (
    RIGHT,
    {},
    {**RIGHT, "double": "def double(x):\n    return abs(2 * x)", "why": "Because."},
    {**RIGHT, "square": "import os\nos._exit(1)"},
)
LOOKS_SCORES = (12.0, 0.0, 9.0, 6.0)


def small_class(root: Path, count: int) -> list[str]:
    """The small course with ``count`` submissions, whose looks take turns; returns the students."""
    template = Template.load(small_course(root))
    students = [f"s{number:03}" for number in range(count)]
    for number, student in enumerate(students):
        submit(root, student, answered(template, LOOKS[number % len(LOOKS)]))
    return students


def submit(root: Path, student: str, data: bytes, timestamp: str = "2026-01-01 10:00:00 UTC") -> Path:
    """Lays a submission where nbgrader collects them."""
    folder = root / "submitted" / student / "00-small"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "00-small.ipynb").write_bytes(data)
    (folder / "timestamp.txt").write_text(timestamp + "\n")
    return folder


def state_of(root: Path) -> dict[str, Any]:
    """What a run leaves for people: every graded file but its times, and the gradebook's rows."""
    from nbgrader.api import Gradebook

    files = {}
    for path in sorted((root / "autograded").rglob("*")):
        if path.name == "results.json":
            document = as_json(path)
            document["provenance"] = {**document["provenance"], "graded_at": "", **UNTIMED}
            files[str(path.relative_to(root))] = document
        elif path.is_file():
            files[str(path.relative_to(root))] = path.read_bytes()
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "cnn") as gradebook:
        rows = {
            (submission.student_id, grade.name): (grade.auto_score, grade.needs_manual_grade, str(submission.timestamp))
            for submission in gradebook.assignment_submissions("00-small")
            for grade in submission.notebooks[0].grades
        }
    return {"files": files, "rows": rows}


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """The files and rows in which two results of ``state_of`` differ."""
    return [
        f"{part}: {key}" for part in one for key in sorted(one[part].keys() | other[part].keys(), key=str)
        if one[part].get(key) != other[part].get(key)
    ]  # fmt: skip
