"""`python -m tests.bench profile ASSIGNMENT`: where the CPU time of one submission of an assignment goes.

Its reference answers are graded in this process, one after the other; what the worker uses and what its kernels use
is counted apart. CPU seconds say the same on a machine that does other things as well; wall time does not.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from autograder.classroom.fingerprints import checks_fingerprint, environment_fingerprint
from autograder.classroom.seeds import Secret
from autograder.classroom.worker import WorkerSpec, make_grader
from autograder.course import Assignment, Course
from autograder.sandbox.client import SandboxKernel
from autograder.submission import execution
from autograder.submission.asking import Asking
from autograder.submission.job import Job, Outcome
from autograder.submission.submission import Grader
from autograder.training.laid_out import TrainingData

RUNS, SLOWEST = 3, 8
OWN, KERNELS = "the worker", "its kernels"


@dataclass
class Used:
    """Seconds of wall time, and CPU seconds of the worker and of its kernels."""

    wall: float = 0.0
    own: float = 0.0
    kernels: float = 0.0

    def __add__(self, other: Used) -> Used:
        return Used(self.wall + other.wall, self.own + other.own, self.kernels + other.kernels)

    def __sub__(self, other: Used) -> Used:
        return Used(self.wall - other.wall, self.own - other.own, self.kernels - other.kernels)

    @property
    def cpu(self) -> float:
        return self.own + self.kernels


@dataclass
class Meter:
    """What was used by what of a submission; the time of what runs inside another is not counted twice."""

    used: dict[tuple[str, str], Used] = field(default_factory=dict)
    _kernels: list[SandboxKernel] = field(default_factory=list)
    _ended: float = 0.0
    _inside: list[Used] = field(default_factory=list)

    def kernel_started(self, kernel: SandboxKernel) -> None:
        self._kernels.append(kernel)

    def kernel_ends(self, kernel: SandboxKernel) -> None:
        if kernel in self._kernels:
            self._kernels.remove(kernel)
            self._ended += kernel.usage().cpu_s if kernel.alive() else 0.0

    def now(self) -> Used:
        kernels = self._ended + sum(kernel.usage().cpu_s for kernel in self._kernels if kernel.alive())
        return Used(time.perf_counter(), resource_of_this_process(), kernels)

    @contextmanager
    def during(self, kind: str, name: str) -> Iterator[None]:
        before = self.now()
        self._inside.append(Used())
        try:
            yield
        finally:
            whole = self.now() - before
            inside = self._inside.pop()
            self.used[kind, name] = self.used.get((kind, name), Used()) + (whole - inside)
            if self._inside:
                self._inside[-1] = self._inside[-1] + whole


def resource_of_this_process() -> float:
    """CPU seconds of this process, without those of others that it started."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def answered(assignment: Assignment) -> bytes:
    """The released notebook with the reference answers filled in, as a student hands it in."""
    solved = json.loads(assignment.solution_path.read_text(encoding="utf-8"))
    notebook = json.loads(assignment.release_path.read_text(encoding="utf-8"))
    answers = {id: cell["source"] for cell in solved["cells"] if (id := _solution_id(cell))}
    for cell in notebook["cells"]:
        cell["source"] = answers.get(_solution_id(cell), cell["source"])
    return json.dumps(notebook).encode()


def _solution_id(cell: dict[str, Any]) -> str | None:
    """The id of a cell that students fill in; None for any other."""
    about = cell["metadata"].get("nbgrader", {})
    return about["grade_id"] if about.get("solution") else None


def reference_job(assignment: Assignment, student: str = "s00000") -> Job:
    """The reference answers as a student hands them in, with the seeds of a course that was just made."""
    seeds = Secret(b"measured".ljust(32, b"-"))
    images = TrainingData.of(assignment)
    return Job(
        student=student,
        notebook=answered(assignment),
        seeds=seeds.seeds([task.id for task in assignment.automatic], student),
        seed_id=seeds.id,
        checks=checks_fingerprint(assignment),
        environment=environment_fingerprint(assignment.runtime, images.names),
        datasets=images.names,
    )


@contextmanager
def grader_of(assignment: Assignment) -> Iterator[Grader]:
    """A grader in this process, warm."""
    images = TrainingData.of(assignment)
    spec = WorkerSpec(assignment.root, assignment.name, "required", images.names, images.folder)
    grader, close = make_grader(spec)
    try:
        yield grader
    finally:
        close()


def refuse_lost_points(outcome: Outcome) -> None:
    """Raises ``RuntimeError`` unless all automatic points were earned."""
    found = outcome.results.to_dict()
    if found["score"] != found["max_score"]:
        lost = [test["name"] for task in found["tasks"] for test in task["tests"] or () if not test["passed"]]
        raise RuntimeError(f"the reference answers lost points: {lost}")


def _patches(meter: Meter) -> dict[tuple[Any, str], Callable[..., Any]]:
    """What is measured, by where it stands."""
    ask, cell = Asking.tests, execution.run_cell
    kernel_init, kernel_end = SandboxKernel.__init__, SandboxKernel._release
    mark, fresh, kill = execution.mark_names, execution.Execution._new, SandboxKernel.kill

    def asked(run: Any, task: Any, *rest: Any) -> Any:
        with meter.during("checks", task.task.id):
            return ask(run, task, *rest)

    def ran(kernel: Any, source: str, *rest: Any, **options: Any) -> Any:
        with meter.during("cells", _title(source)):
            return cell(kernel, source, *rest, **options)

    def marked(*rest: Any, **options: Any) -> Any:
        with meter.during("marks", "names marked"):
            return mark(*rest, **options)

    def started(execution: Any, *rest: Any) -> Any:
        with meter.during("kernels", "kernels started"):
            return fresh(execution, *rest)

    def initialised(kernel: SandboxKernel, *rest: Any) -> None:
        kernel_init(kernel, *rest)
        meter.kernel_started(kernel)

    def killed(kernel: SandboxKernel) -> None:
        meter.kernel_ends(kernel)  # once it is gone nobody says what it used
        kill(kernel)

    def ended(kernel: SandboxKernel) -> None:
        with meter.during("kernels", "kernels ended"):
            meter.kernel_ends(kernel)
            kernel_end(kernel)

    return {
        (Asking, "tests"): asked, (execution, "run_cell"): ran, (execution, "mark_names"): marked,
        (execution.Execution, "_new"): started, (SandboxKernel, "__init__"): initialised,
        (SandboxKernel, "_release"): ended, (SandboxKernel, "kill"): killed,
    }  # fmt: skip


def _title(source: str) -> str:
    lines = [line.strip() for line in source.splitlines() if line.strip() and not line.startswith("#")]
    named = next((line for line in lines if line.startswith(("def ", "class "))), lines[0] if lines else "")
    return named[:60].replace("|", "/")


def profile_assignment(name: str) -> None:
    """Prints the CPU time of a submission by what it went to."""
    assignment = Course.here().assignment(name)
    meter = Meter()
    with grader_of(assignment) as grader:
        job = reference_job(assignment)
        refuse_lost_points(grader.grade(job))  # what a worker does once
        with ExitStack() as patches:
            for (owner, attribute), replaced in _patches(meter).items():
                patches.enter_context(mock.patch.object(owner, attribute, replaced))
            for _ in range(RUNS):
                with meter.during("rest", "everything else"):
                    refuse_lost_points(grader.grade(job))
    _print(name, meter)


def _print(name: str, meter: Meter) -> None:
    def row(title: str, used: Used) -> str:
        cells = (1000 * seconds / RUNS for seconds in (used.cpu, used.own, used.kernels, used.wall))
        return f"| {title} | {' | '.join(f'{cell:.0f}' for cell in cells)} |"

    kinds = list(dict.fromkeys(kind for kind, _ in meter.used))
    print(f"\n**A submission of {name}, milliseconds**\n\n| | CPU | {OWN} | {KERNELS} | wall |\n|---|---|---|---|---|")
    for kind in kinds:
        print(row(kind, sum((used for (of, _), used in meter.used.items() if of == kind), Used())))
    print(row("together", sum(meter.used.values(), Used())))
    for kind in ("cells", "checks"):
        parts = sorted(((n, u) for (of, n), u in meter.used.items() if of == kind), key=lambda one: -one[1].cpu)
        print(f"\n{kind}, the dearest first\n\n| | CPU | {OWN} | {KERNELS} | wall |\n|---|---|---|---|---|")
        for title, used in parts[: SLOWEST if kind == "cells" else None]:
            print(row(title, used))
