"""Where the milliseconds of a submission go: the phases of grading in one process, each without what runs inside."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from rich.console import Console

from autograder.classroom import folder, ledger, run
from autograder.classroom.grade import as_json, grade_class
from autograder.classroom.options import Options
from autograder.classroom.pool import Done
from autograder.classroom.worker import WorkerSpec, make_grader
from autograder.course import Course
from autograder.gradebook import gradebook
from autograder.sandbox.warm_pool import WarmPool
from autograder.submission import asking, execution, submission
from autograder.submission.job import Job
from autograder.submission.supply import Supply
from tests.bench.commands import refuse_wrong
from tests.bench.courses import ours
from tests.bench.grading import temporary

SUBMISSIONS = 40
REST = "everything else: the gradebook opened, the assignment registered, the server's end"


class Clock:
    """Seconds by phase; a phase's time stops while another runs inside it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._open: list[str] = []
        self._since = time.perf_counter()

    def _turn(self) -> None:
        now = time.perf_counter()
        if self._open:
            self.seconds[self._open[-1]] = self.seconds.get(self._open[-1], 0.0) + now - self._since
        self._since = now

    @contextmanager
    def during(self, phase: str) -> Iterator[None]:
        self._turn()
        self._open.append(phase)
        try:
            yield
        finally:
            self._turn()
            self._open.pop()

    def timed(self, phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, its time counted as that phase's."""

        def call(*args: Any, **kwargs: Any) -> Any:
            with self.during(phase):
                return function(*args, **kwargs)

        return call


class InThisProcess:
    """An executor whose one worker is this process."""

    running: dict[str, float] = {}  # as the protocol has it

    def __init__(self, spec: WorkerSpec, size: int, total_s: float) -> None:
        self._grader, self._close = make_grader(spec)

    def __enter__(self) -> InThisProcess:
        return self

    def __exit__(self, *exception: object) -> None:
        self._close()

    def run(self, jobs: Iterable[Job]) -> Iterator[Done | None]:
        """Grades one after the other."""
        for job in jobs:
            yield Done(job.student, self._grader.grade(job))


def _warm_at_once(init: Callable[..., None]) -> Callable[..., None]:
    """A pool that waits for its server, so that the first kernel does not."""

    def started(pool: WarmPool, *args: Any, **options: Any) -> None:
        init(pool, *args, **options)
        pool.wait_until_warm()

    return started


PHASES: dict[str, list[tuple[Any, str]]] = {
    "worker and warm server started, once": [(InThisProcess, "__init__")],
    "read, fingerprint": [(run.ClassRun, "_read")],
    "sanitise": [(submission, "sanitise")],
    "kernel ready": [(Supply, "start"), (Supply, "prepare"), (Supply, "start_untouched")],
    "cells": [(execution, "run_cell")],
    "names marked": [(execution, "mark_names")],
    "checks": [(asking.Asking, "tests")],
    "kernel ended": [(execution, "_end")],
    "notebook written out": [(submission, "_as_file")],
    "ledger": [(ledger.Ledger, "record"), (ledger.Ledger, "mark_committed")],
    "files": [(folder.CourseFolder, "write")],
    "gradebook": [(gradebook.GradebookWriter, "commit_many")],
}


def _grade(course: Course, name: str) -> None:
    options = Options(force=True)
    console = Console(quiet=True)
    summary = grade_class(
        name, folder=course.root, options=options, console=console, course=course, make_executor=InThisProcess
    )
    refuse_wrong(as_json(summary), course.root, name)


def profile(runtime: str) -> None:
    """Milliseconds of a submission by phase, one after the other in one process."""
    clock = Clock()
    with temporary() as place, ExitStack() as patches:
        course, name = ours(place, runtime, SUBMISSIONS)
        patches.enter_context(mock.patch.object(WarmPool, "__init__", _warm_at_once(WarmPool.__init__)))
        for phase, functions in PHASES.items():
            for owner, attribute in functions:
                replaced = clock.timed(phase, getattr(owner, attribute))
                patches.enter_context(mock.patch.object(owner, attribute, replaced))
        with clock.during(REST):
            _grade(course, name)
    whole = sum(clock.seconds.values())
    print(f"\n**A submission by phase ({runtime}), milliseconds**\n")
    print(f"| | mean of {SUBMISSIONS} | share |\n|---|---|---|")
    for phase in (*PHASES, REST):
        seconds = clock.seconds.get(phase, 0.0)
        print(f"| {phase} | {1000 * seconds / SUBMISSIONS:.3g} | {100 * seconds / whole:.1f} % |")
