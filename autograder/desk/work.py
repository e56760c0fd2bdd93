"""What one student handed in and what came of it, read from the record when somebody looks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder import files
from autograder.classroom.ledger import Damaged, Ledger
from autograder.course import Assignment
from autograder.desk.answers import without_marks
from autograder.desk.compare import text_of
from autograder.desk.desk import Desk
from autograder.desk.renewed import stamp_of
from autograder.feedback.cells import Cell, own_work, sources
from autograder.feedback.clean import cut
from autograder.feedback.feedback_run import rubrics_of
from autograder.feedback.page import Views, views_of
from autograder.gradebook.by_hand import Manual
from autograder.notebook_file import MAX_FILE_BYTES

SAID_CHARACTERS, SAID_LINES = 3_000, 60


@dataclass(frozen=True)
class TestLine:
    """One check of one answer, as staff see it: a hidden one has its name here, too."""

    name: str
    description: str
    hidden: bool
    points: float
    passed: bool
    message: str
    diagnosis: str
    case: str
    example: str


@dataclass(frozen=True)
class Answered:
    """A submission that was graded: its document, its tasks as a page shows them, and each task's checks."""

    results: Mapping[str, Any]
    views: Views
    tests: Mapping[str, tuple[TestLine, ...]]


def answered(ledger: Ledger, assignment: Assignment, student: str, manual: Manual) -> Answered | None:
    """What came of a student's submission; None where nothing has been graded. Raises ``Damaged``."""
    try:
        results, data = ledger.files(assignment.name, student)
    except KeyError:
        return None
    rubrics, release = rubrics_of(assignment), _release(assignment)
    views = views_of(results, _notebook(data), manual=manual, rubrics=rubrics, release=release)
    tests = {task["task"]: tuple(map(_line, task["tests"])) for task in results["tasks"]}
    return Answered(results, views, tests)


def cells_of(desk: Desk, assignment: Assignment, task: str, students: Sequence[str]) -> dict[str, tuple[Cell, ...]]:
    """By student, the cells of the answer to one task; nothing for those of whom nothing can be read."""
    given, ids = sources(_release(assignment)), [one.id for one in assignment.tasks]
    found: dict[str, tuple[Cell, ...]] = {}
    with desk.open_ledger() as ledger:
        for student in students:
            try:
                _, data = ledger.files(assignment.name, student)
            except (KeyError, Damaged):
                continue
            found[student] = tuple(own_work(_notebook(data), ids, given).by_task.get(task, ()))
    return found


def model_answer(assignment: Assignment, task: str) -> str:
    """The course's own answer to a task."""
    data = files.read_whole(assignment.solution_path, MAX_FILE_BYTES)
    ids = [one.id for one in assignment.tasks]
    return without_marks(text_of(own_work(_notebook(data or b""), ids).by_task.get(task, ())))


def _line(test: Mapping[str, Any]) -> TestLine:
    return TestLine(
        test["name"], test["description"], test["hidden"], test["points"], test["passed"], _short(test["message"]),
        test["diagnosis"] or "", _short(test["counterexample"]), _short(test.get("example")),
    )  # fmt: skip


def _short(text: Any) -> str:
    return cut(text, SAID_CHARACTERS, SAID_LINES).text if isinstance(text, str) else ""


def _release(assignment: Assignment) -> dict[str, Any]:
    """The student version, by which the course's own cells are known; read again when it was written anew."""
    return _read(assignment.release_path, stamp_of(assignment.release_path))


@lru_cache(maxsize=8)
def _read(path: Path, stamp: object) -> dict[str, Any]:
    return _notebook(files.read_whole(path, MAX_FILE_BYTES) or b"") or {}


def _notebook(data: bytes) -> dict[str, Any] | None:
    """A notebook as plain JSON, None where it cannot be read."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
