"""Submissions whose kernel says what is wanted of itself, to tasks of the course that measure something.

Each gives a plain answer where another way is asked for, and lies about it: in the kernel's side of the bridge, with
clocks that stand still, with memory that was filled before. What it says earns a point at most; what is measured from
outside, and the values, give it away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

from autograder.classroom.seeds import Secret
from autograder.classroom.worker import WorkerSpec, make_grader
from autograder.course import Course
from autograder.submission.job import Job
from autograder.submission.submission import Grader

pytestmark = pytest.mark.long

HERE = Path(__file__).parent
FILES = sorted((HERE / "believed").glob("*.py"))
SECRET = Secret(b"b" * 32)
ASSIGNMENT_OF = {"im2col": "01-convolution"}  # the others are of 03


@pytest.fixture(scope="module")
def grader_of() -> Iterator[Callable[[str], Grader]]:
    made: dict[str, tuple[Grader, Callable[[], None]]] = {}

    def find(assignment: str) -> Grader:
        if assignment not in made:
            made[assignment] = make_grader(WorkerSpec(Course.here().root, assignment, "required"))
        return made[assignment][0]

    yield find
    for _, close in made.values():
        close()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_the_kernel_says_earns_a_point_at_most(grader_of: Callable[[str], Grader], path: Path):
    text = path.read_text(encoding="utf-8")
    said = dict(re.findall(r"^# (task|most|lost): (.+)$", text, re.MULTILINE))
    grader = grader_of(ASSIGNMENT_OF.get(said["task"], "03-sizing-and-memory"))
    notebook = nbformat.from_dict(json.loads(json.dumps(grader.template.notebook)))
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == said["task"]:
            cell.source = text
    seeds = SECRET.seeds([task.id for task in grader.assignment.tasks], "mallory")
    outcome = grader.grade(Job("mallory", nbformat.writes(notebook).encode(), seeds, SECRET.id, "c", "e"))
    task = next(task for task in outcome.results.tasks if task.task == said["task"])
    passed = {test.name: test.passed for test in task.tests}
    assert passed[said["lost"]] is False, passed
    assert 0 < task.score <= float(said["most"]) < task.max_score, passed
    assert outcome.broken == ()
