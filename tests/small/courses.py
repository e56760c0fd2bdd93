"""Small courses for the tests: a solution notebook built from a few cells, and its release version."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course import ROOT_VARIABLE

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = Path(__file__).with_name("small_course")
SETTINGS = """[tool.autograder]
course = "small_course"
id = "cnn"
title = "A small course"
leaderboard = "mnist-challenge"

"""


def nbgrader(grade_id: str, *, grade: bool = False, solution: bool = False, points: float = 0) -> dict[str, Any]:
    meta: dict[str, Any] = {
        "grade_id": grade_id, "grade": grade, "solution": solution, "task": False, "locked": not solution,
        "schema_version": 3, "cell_type": "code",
    }  # fmt: skip
    return {**meta, "points": points} if grade else meta


def code_task(task: str, answer: str, points: float, **own: Any) -> list[Any]:
    check = new_code_cell(f'check("{task}")')
    check.metadata["nbgrader"] = nbgrader(f"{task}-check", grade=True, points=points)
    if own:
        check.metadata["autograder"] = own
    cell = new_code_cell(answer)
    cell.metadata["nbgrader"] = nbgrader(task, solution=True)
    return [cell, check]


def text_task(task: str, answer: str, points: float) -> list[Any]:
    cell = new_markdown_cell(answer)
    cell.metadata["nbgrader"] = {
        **nbgrader(task, grade=True, solution=True, points=points),
        "cell_type": "markdown",
    }
    return [cell]


def editable(grade_id: str, source: str) -> Any:
    cell = new_code_cell(source)
    cell.metadata["nbgrader"] = nbgrader(grade_id, solution=True)
    return cell


def locked(grade_id: str, source: str) -> Any:
    cell = new_code_cell(source)
    cell.metadata["nbgrader"] = nbgrader(grade_id)
    return cell


def small_cells() -> list[Any]:
    """A notebook with a setup cell, two code tasks, one answer task and a text task."""
    return [
        new_markdown_cell("# A small assignment\n\nTwo functions and a number."),
        editable("student-id", 'STUDENT_ID = "me"'),
        locked("setup", "import math"),
        *text_task("why", "Because.", 5),
        *code_task("double", "def double(x):\n    return 2 * x", 4),
        *code_task("square", "class _Hidden:\n    pass\n\ndef square(x):\n    return x * x", 6, limits={"wall_s": 5}),
        *code_task("tiny-sum", 'tiny_sum = {"total": 3}', 2, kind="answer", variant=True),
    ]


def write_notebook(path: Path, cells: list[Any], **metadata: Any) -> Path:
    notebook = new_notebook(cells=cells, metadata=metadata)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return path


def make_course(root: Path, name: str = "00-small", cells: list[Any] | None = None, **own: Any) -> Path:
    """Writes ``solutions/<name>`` and a release version of the same cells; returns ``root``."""
    cells = small_cells() if cells is None else cells
    for side in ("solutions", "assignments"):
        write_notebook(root / side / name / f"{name}.ipynb", cells, autograder=own)
    return lay_out_package(root)


def lay_out_package(root: Path) -> Path:
    """Makes ``root`` a course: its settings, and the package with what is asked; returns ``root``."""
    root.mkdir(parents=True, exist_ok=True)
    real = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    forbidden = real[real.index("[tool.autograder.forbidden]") :].partition("\n\n")[0]
    (root / "pyproject.toml").write_text(f"{SETTINGS}{forbidden}\n", encoding="utf-8")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, root / PACKAGE.name, ignore=ignored, dirs_exist_ok=True)
    shutil.copy(REPOSITORY / "course" / "thresholds.json", root / PACKAGE.name)
    return root


@contextmanager
def at_home(root: Path) -> Iterator[None]:
    """Has this process take the course in ``root`` for its own, with the modules that lie there."""
    _forget_modules()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ROOT_VARIABLE, str(root))
        patch.setattr(sys, "path", list(sys.path))
        yield
    _forget_modules()


def _forget_modules() -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE.name]:
        del sys.modules[name]
    importlib.invalidate_caches()


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
