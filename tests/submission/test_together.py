"""Where an answer ends the kernel, or never comes, while a search's cases are asked together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.classroom.worker import WorkerSpec, make_grader
from autograder.course import Course
from autograder.submission import notebook_run
from autograder.submission.asking import Asking
from autograder.submission.submission import Grader
from tests.bench.submission import reference_job

ROOT = Path(__file__).parents[2]
TASK = "same-padding"
SUDDEN = """
def same_padding(size, kernel, stride=1, dilation=1):
    if dilation == 4:
        END
    total = max((-(-size // stride) - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
    return (total - total // 2, total // 2) if kernel == 5 and stride == 1 else (total // 2, total - total // 2)
"""


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    grader, close = make_grader(WorkerSpec(ROOT, "01-convolution", "required"))
    yield grader
    close()


@pytest.mark.parametrize("end", ["__import__('os')._exit(0)", "__import__('time').sleep(60)"])
def test_the_verdict_is_that_of_cases_asked_one_by_one(grader: Grader, monkeypatch: pytest.MonkeyPatch, end: str):
    assignment = Course(ROOT).assignment("01-convolution")
    limits = notebook_run.cell_limits
    monkeypatch.setattr(notebook_run, "cell_limits", lambda *of: replace(limits(*of), wall_s=2.0))
    job = reference_job(assignment)
    notebook = json.loads(job.notebook or b"")
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == TASK:
            cell["source"] = SUDDEN.replace("END", end)
    wrong = replace(job, notebook=json.dumps(notebook).encode())
    told = []
    for together in (True, False):
        init = Asking.__init__

        def initialised(asking: Asking, *rest: object, together: bool = together, init=init) -> None:
            init(asking, *rest)
            asking._together = together

        with monkeypatch.context() as patch:
            patch.setattr(Asking, "__init__", initialised)
            tasks = grader.grade(wrong).results.to_dict()["tasks"]
        told.append(tasks)
    assert told[0] == told[1]
    task = next(task for task in told[0] if task["task"] == TASK)
    assert 0 < task["score"] < task["max_score"]
    assert sum(task["score"] != task["max_score"] for task in told[0] if task["score"] is not None) == 1
