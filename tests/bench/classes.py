"""A large class without grading it: submissions, results of the size of the real course's, a record and a gradebook."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import nbformat

from autograder.classroom.folder import CourseFolder
from autograder.classroom.ledger import Ledger
from autograder.course import Assignment, Course
from autograder.gradebook.commit import Commit
from autograder.gradebook.gradebook import GradebookWriter
from autograder.submission.notebook import Template

AT_ONCE = 250  # commits in a transaction
DIAGNOSES = ("ceil-instead-of-floor", "odd-pixel-before-the-image", "transposed-kernel", "sign-lost")
SAID = "The last window that does not fit any more was counted too: the division was rounded up, not down."


def generate(folder: Path, name: str, students: int, course: Course | None = None) -> None:
    """Fills a course folder with a class that was graded: every student has some tasks right and some wrong."""
    course = course or Course.here()
    assignment = course.assignment(name)
    notebooks = _notebooks(assignment)
    draw = random.Random(1)
    with Ledger(CourseFolder(folder).ledger) as ledger, GradebookWriter(folder, course=course) as writer:
        for start in range(0, students, AT_ONCE):
            commits = []
            for number in range(start, min(students, start + AT_ONCE)):
                student = f"s{number:05d}"
                document, data = result(assignment, student, draw), notebooks[number % len(notebooks)]
                place = folder / "submitted" / student / name
                place.mkdir(parents=True)
                (place / f"{name}.ipynb").write_bytes(data)
                ledger.record(name, student, f"f{number}", document, data, {})
                commits.append(Commit(name, student, document, "2026-01-01 10:00:00 UTC"))
            writer.commit_many(commits)


def _notebooks(assignment: Assignment) -> list[bytes]:
    """The solution as it would be handed in, whole, and with a line more or less in every answer."""
    template = Template.load(assignment)
    solution = nbformat.read(assignment.solution_path, as_version=4)
    answers = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in solution.cells}
    found = []
    for variant in range(4):
        notebook = nbformat.from_dict(template.notebook)
        for cell in notebook.cells:
            id = cell.metadata.get("nbgrader", {}).get("grade_id")
            if any(id == task.answer_id for task in assignment.tasks):
                lines = answers[id].split("\n")
                cell.source = "\n".join([*lines[: len(lines) - variant], f"# {variant}"])
        found.append(nbformat.writes(notebook).encode())
    return found


def result(assignment: Assignment, student: str, draw: random.Random) -> dict[str, Any]:
    """A results document with five hidden and two public tests for each task."""
    tasks = []
    for task in assignment.tasks:
        if task.kind == "text":
            tasks.append(_task(task.id, "text", None, task.points, "needs_manual_grade", []))
            continue
        right = [draw.random() < 0.8 for _ in range(5)]
        tests = [_test(f"Check {n} of {task.id}, as its author says it.", True, task.points / 5, r, draw)
                 for n, r in enumerate(right)]  # fmt: skip
        tests += [_test(f"Public check {n} of {task.id}.", False, 0.0, True, draw) for n in range(2)]
        score = sum(test["points"] for test in tests if test["passed"])
        status = "passed" if all(right) else "partial" if score else "failed"
        tasks.append(_task(task.id, task.kind, score, task.points, status, tests))
    return {
        "schema": 1, "assignment": assignment.name, "student": student, "status": "needs_manual_grade", "reason": None,
        "score": round(sum(task["score"] or 0.0 for task in tasks), 6), "max_score": assignment.max_score,
        "tasks": tasks,
        "provenance": {
            "checks": "c" * 64, "environment": "e" * 64, "seed": 1, "isolation": ["landlock", "seccomp"],
            "graded_at": "2026-01-02T00:00:00+00:00", "seconds": 1.5, "datasets": [], "device": "cpu",
            "task_seconds": {task.id: 0.5 for task in assignment.automatic},
            "check_seconds": {},
        },
    }  # fmt: skip


def _task(id: str, kind: str, score: float | None, most: float, status: str, tests: list[Any]) -> dict[str, Any]:
    return {
        "task": id, "kind": kind, "score": score, "max_score": most, "status": status, "reason": None, "message": "",
        "tests": tests,
    }  # fmt: skip


def _test(said: str, hidden: bool, points: float, passed: bool, draw: random.Random) -> dict[str, Any]:
    named = not passed and draw.random() < 0.5
    return {
        "name": "test_" + said.lower().replace(" ", "_").strip("."), "description": said, "hidden": hidden,
        "points": points, "passed": passed, "message": "" if passed else SAID,
        "diagnosis": draw.choice(DIAGNOSES) if named else None,
        "counterexample": None if passed else "image 5x5x1, kernel 2x2, stride 1",
    }  # fmt: skip
