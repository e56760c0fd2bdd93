"""For tests of an assignment's checks: runs a task's checks in this process on an answer given as names or as code."""

from __future__ import annotations

import ast
import json
import linecache
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from autograder.bridge.student import Student
from autograder.bridge.transport import LocalTransport
from autograder.checks import freezing, frozen, places
from autograder.checks.answers import freed_afterwards
from autograder.checks.diagnosis import Misconception, Misconceptions
from autograder.checks.registry import reference_names, registries
from autograder.checks.result import TestResult
from autograder.checks.runner import CheckSession
from autograder.course import Course

SEED = b"tests of the checks"
STUDENT = "grace"
_cells = count()


@cache
def session_of(assignment: str) -> CheckSession:
    """The assignment's checks, collected once for all tests."""
    return CheckSession(assignment)


def namespace(source: str, names: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The names that a cell with this source defines, on top of `names`; its lines are known to tracebacks."""
    found: dict[str, Any] = {"__name__": "__main__", **(names or {})}
    filename = f"<cell {next(_cells)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    exec(compile(source, filename, "exec"), found)
    return found


def run_task(
    assignment: str, task: str, names: Mapping[str, Any] | str, *, seed: bytes = SEED,
    student_id: str | None = STUDENT, parts: tuple[str, ...] = ("public", "hidden"),
) -> list[TestResult]:
    """A task's checks on a notebook that defines `names` (or is this source code)."""
    known = namespace(names) if isinstance(names, str) else dict(names)
    with freed_afterwards():
        return session_of(assignment).run(
            task, Student(LocalTransport(known)), seed=seed, student_id=student_id, parts=parts
        )


def score(results: list[TestResult]) -> float:
    return sum(result.points for result in results if result.passed)


def points_of(assignment: str, task: str) -> float:
    """The points of a task's tests."""
    return sum(points for _, _, points in session_of(assignment).tests(task))


def automatic_tasks(assignment: str) -> list[str]:
    """The ids of the tasks with checks, as the solution notebook has them."""
    return [task.id for task in Course.here().assignment(assignment).automatic]


def wrong_answers(task: str, student: str | None = STUDENT) -> Iterator[tuple[Misconception, Mapping[str, Any]]]:
    """Every registered misconception of a task, with the names of a notebook that has just this one wrong."""
    right = reference_names(task, student)
    for registry in registries(task).values():
        for wrong in registry:
            yield wrong, {**right, **_names_with(registry, wrong, student, right)}


def _names_with(
    registry: Misconceptions, wrong: Misconception, student: str | None, right: Mapping[str, Any]
) -> Mapping[str, Any]:
    if wrong.source is not None:
        return namespace(wrong.source, right)
    return registry.names(wrong.around(registry.reference), student)


@dataclass(frozen=True)
class Verdict:
    """What the hidden checks made of one wrong answer: did a test fail, and which names were given."""

    caught: bool
    diagnoses: frozenset[str]
    failures: tuple[str, ...]

    def named(self, id: str) -> bool:
        return id in self.diagnoses

    def named_wrongly(self, id: str) -> bool:
        return bool(self.diagnoses - {id})


def verdict(results: list[TestResult]) -> Verdict:
    failed = [result for result in results if not result.passed and result.hidden]
    names = frozenset(result.diagnosis for result in failed if result.diagnosis)
    return Verdict(bool(failed), names, tuple(f"{result.name}: {result.message}" for result in failed))


def solution(assignment: str) -> dict[str, str]:
    """The source of each answer cell of the solution notebook, by task id."""
    path = Course.here().assignment(assignment).solution_path
    return {id: source for id, source, solved in _graded_cells(path) if solved}


def imported(assignment: str) -> dict[str, Any]:
    """What the notebook imports and what its locked cells define, and the id of the student it answers for."""
    notebook = json.loads(Course.here().assignment(assignment).solution_path.read_text(encoding="utf-8"))
    lines: list[str] = []
    for cell in notebook["cells"]:
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        if cell["cell_type"] == "code":
            body = ast.parse(source).body
            wanted = ast.AST if _given(cell) else ast.Import | ast.ImportFrom
            lines += [ast.unparse(node) for node in body if isinstance(node, wanted)]
    return {**namespace("\n".join(dict.fromkeys(lines))), "STUDENT_ID": STUDENT}


def _given(cell: Mapping[str, Any]) -> bool:
    """Whether a cell is handed to students as it is, for their answers to build on."""
    meta = cell["metadata"].get("nbgrader", {"grade": True})
    return not meta["grade"] and not meta["solution"]


def untouched(assignment: str) -> dict[str, str]:
    """The answer cells as a student gets them: nbgrader's own preprocessor clears the solutions."""
    import nbformat
    from nbgrader.preprocessors import ClearSolutions

    notebook = nbformat.read(Course.here().assignment(assignment).solution_path, as_version=4)
    cleared, _ = ClearSolutions().preprocess(notebook, {})
    return {
        cell.metadata.nbgrader["grade_id"]: cell.source for cell in cleared.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


def _graded_cells(path: Path) -> Iterator[tuple[str, str, bool]]:
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        meta = cell["metadata"].get("nbgrader")
        if meta:
            source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            yield meta["grade_id"], source, bool(meta.get("solution"))


def run_frozen(
    assignment: str, task: str, names: Mapping[str, Any], folder: Path, monkeypatch: Any
) -> list[TestResult]:
    """A task's public checks as in the kit: no references, only the frozen cases that release writes."""
    path = folder / "public.cases"
    path.write_bytes(frozen_cases(assignment)[task])
    session_of(assignment)  # loads all modules, hidden ones too, before every task's folder seems to be frozen
    for module in (places, frozen):  # an absolute path, so that it is found beside every task's checks
        monkeypatch.setattr(module, "CASES", str(path))
    return run_task(assignment, task, names, parts=("public",))


@cache
def frozen_cases(assignment: str) -> dict[str, bytes]:
    """What `release` freezes of an assignment, by task."""
    return freezing.freeze(assignment)


