"""One submission from its bytes to its result: restored, executed cell by cell, checked against the live
kernel."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime

from nbformat import NotebookNode

from autograder.course import Assignment
from autograder.language import sentences_of
from autograder.submission.asking import Checks
from autograder.submission.budget import TooMuch, bounded
from autograder.submission.execution import Execution
from autograder.submission.job import Job, Outcome
from autograder.submission.kernel import Kernel
from autograder.submission.nodes import new_cell
from autograder.submission.notebook import NotGradable, Template, grade_id_of, sanitise
from autograder.submission.notebook_run import NotebookRun
from autograder.submission.prose import safe_markdown
from autograder.submission.results import Provenance, Reason, Results, TaskResult
from autograder.submission.supply import Kernels, Supply
from autograder.submission.verdict import not_gradable
from autograder.training.brought import beside

_ = sentences_of(__package__)


@dataclass(frozen=True)
class Grader:
    """What grades the submissions of one assignment, one after the other, with everything read once."""

    template: Template
    checks: Checks
    kernels: Kernels | Supply

    @property
    def assignment(self) -> Assignment:
        """The assignment that is graded."""
        return self.template.assignment

    @property
    def supply(self) -> Supply:
        """Where its kernels come from."""
        return self.kernels if isinstance(self.kernels, Supply) else Supply(self.assignment, self.kernels)

    def grade(self, job: Job) -> Outcome:
        """Grades one submission, within what it may cost this process. Raises only for what is wrong with the machine
        or the course."""
        started = time.monotonic()
        try:
            return bounded(lambda: grade_submission(job, self))
        except TooMuch as error:
            return _refused(job, self, "malformed", str(error), started)


def grade_submission(job: Job, grader: Grader) -> Outcome:
    """Grades one submission with what ``grader`` holds; see ``Grader.grade``."""
    started = time.monotonic()
    assignment = grader.assignment
    try:
        if job.notebook is None:
            raise NotGradable("malformed", job.missing)
        notebook = sanitise(job.notebook, grader.template)
    except NotGradable as error:
        return _refused(job, grader, error.reason, str(error), started)

    files, left = beside(job.files) if assignment.trains else (job.files, "")
    supply = grader.supply

    def start() -> Kernel:
        return supply.start(job.student, files, job.share)

    with Execution(start, assignment.total_s, supply) as execution:
        run = NotebookRun(grader.template, grader.checks, job, notebook, execution)
        tasks = run.tasks(after_cells=supply.prepare)
    supply.prepare()  # where a check took the one that was ready
    results = _results(
        job, assignment, tasks, execution.isolation, started, notes=[left, *run.notes], task_seconds=run.task_seconds
    )
    return Outcome(results, _as_file(notebook), run.broken, _digests(notebook, assignment))


def _refused(job: Job, grader: Grader, reason: Reason, sentence: str, started: float) -> Outcome:
    """The outcome of a submission that is not graded."""
    tasks = not_gradable(grader.assignment, reason, sentence)
    blank = _empty(grader.template, sentence)
    return Outcome(_results(job, grader.assignment, tasks, (), started, reason), _as_file(blank))


def _results(
    job: Job,
    assignment: Assignment,
    tasks: tuple[TaskResult, ...],
    isolation: tuple[str, ...],
    started: float,
    reason: Reason | None = None,
    notes: Sequence[str] = (),
    task_seconds: Mapping[str, float] | None = None,
) -> Results:
    waits = any(task.status == "needs_manual_grade" for task in tasks)
    return Results(
        assignment=assignment.name,
        student=job.student,
        status="not_gradable" if reason else "needs_manual_grade" if waits else "graded",
        reason=reason,
        tasks=tasks,
        provenance=Provenance(
            checks=job.checks,
            environment=job.environment,
            seed=job.seed_id,
            isolation=isolation,
            graded_at=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - started, 3),
            datasets=job.datasets,
            device=job.device,
            task_seconds=dict(task_seconds or {}),
            check_seconds={
                task.task: took
                for task in tasks if (took := {one.name: round(one.seconds, 3) for one in task.tests if one.seconds})
            },
        ),
        notes=tuple(filter(None, (job.note, *notes))),
    )


def _digests(notebook: NotebookNode, assignment: Assignment) -> dict[str, str]:
    """A digest of each task's answer, by which it is known whether a person has read it already."""
    answers = {grade_id_of(cell): _written(cell) for cell in notebook.cells}
    return {
        task.id: hashlib.sha256(answers.get(task.answer_id, "").encode()).hexdigest()[:32] for task in assignment.tasks
    }


def _written(cell: NotebookNode) -> str:
    """What a person reads in an answer: its text, and its pictures if it has any."""
    pictures = cell.get("attachments")
    found: str = cell.source.strip() + (json.dumps(pictures, sort_keys=True) if pictures else "")
    return found


def _empty(template: Template, sentence: str) -> NotebookNode:
    """What the formgrader opens for a submission that is no notebook."""
    notebook = deepcopy(template.notebook)
    text = _("**This submission could not be graded.** {sentence}").format(sentence=safe_markdown(sentence))
    notebook.cells.insert(0, new_cell("markdown", text))
    return notebook


def _as_file(notebook: NotebookNode) -> bytes:
    """The notebook as a file without indentation, which Python's fast encoder does not know."""
    return json.dumps(notebook, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
