"""Kernels that start before they are needed, and the one that no student's code touches."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from autograder.bridge.measuring import fresh
from autograder.bridge.student import NotAttempted, Student, in_kernel
from autograder.checks.result import TestResult
from autograder.sandbox.client import StartingKernel
from autograder.sandbox.setup import KernelSetup
from autograder.sandbox.warm_pool import WarmPool
from autograder.submission import supply
from autograder.submission.submission import Grader
from tests.small.small_class import RIGHT, answered, job, scores


@pytest.fixture(scope="module", autouse=True)
def begun() -> Iterator[list[str | None]]:
    """For whom kernels were started, None for nobody yet."""
    seen: list[str | None] = []
    real = WarmPool.begin

    def begin(pool: WarmPool, setup: KernelSetup) -> Any:
        seen.append(setup.student)
        return real(pool, setup)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WarmPool, "begin", begin)
        yield seen


def graded(grader: Grader, student: str, *extra: str, **own: Any) -> Any:
    return grader.grade(job(answered(grader.template, RIGHT, extra), student, **own))


def shown(outcome: Any, source: str) -> str:
    """What the cell with this source printed."""
    cell = next(cell for cell in outcome.notebook.cells if cell.source == source)
    return "".join(output.text for output in cell.outputs)


def test_a_submission_takes_the_kernel_that_was_started_before_and_is_known_there(grader, begun):
    who = "import os, autograder\nprint(os.environ['CNN_STUDENT'], os.getcwd() != '/')"
    begun.clear()
    for student in ("ada", "ben"):
        outcome = graded(grader, student, who)
        assert shown(outcome, who) == f"{student} True\n"
        assert scores(outcome.results) == scores(graded(grader, student).results)
    assert begun and set(begun) == {None}


def test_a_submission_with_files_beside_it_gets_a_kernel_of_its_own(grader, begun):
    begun.clear()
    read = "print(open('own.txt').read())"
    assert shown(graded(grader, "ada", read, files={"own.txt": b"hers"}), read) == "hers\n"
    assert "ada" in begun
    begun.clear()
    lists = "import os\nprint(os.listdir('.'))"
    assert "own.txt" not in shown(graded(grader, "ben", lists), lists)
    assert "ben" not in begun  # the one that waited is for him


def test_a_kernel_that_died_while_it_waited_costs_nobody_anything(grader, begun, monkeypatch):
    ended: list[int] = []
    real = StartingKernel.finish

    def killed(starting: StartingKernel, **options: Any) -> Any:
        kernel = real(starting, **options)
        if not ended:
            ended.append(kernel.pid)
            kernel.kill()
        return kernel

    monkeypatch.setattr(StartingKernel, "finish", killed)
    right = graded(grader, "ada").results
    assert ended and all(task.status in ("passed", "needs_manual_grade", "not_attempted") for task in right.tasks)


class Asking:
    """In place of the course's checks: one question to the notebook of the task `double`."""

    def __init__(self, ask: Callable[[Student], Any]) -> None:
        self._ask = ask
        self.said: list[Any] = []

    def run(self, task: str, student: Student, **_: Any) -> Sequence[TestResult]:
        if task == "double":
            self.said.append(self._ask(student))
        return [TestResult("asked", "", True, 1.0, passed=True)]


def process() -> int:
    import os

    return os.getpid()


def leaves(name: str) -> bool:
    """Whether the name was left in the kernel's builtins before; leaves it there."""
    import builtins

    there = hasattr(builtins, name)
    setattr(builtins, name, True)
    return there


def in_untouched(student: Student) -> tuple[int, bool]:
    with fresh(student, []) as empty:
        with pytest.raises(NotAttempted):
            empty.double(1)
        loaded = in_kernel(empty, process, leaves)
        return loaded.process(), loaded.leaves("seen_before")


def ask_twice(grader: Grader, ask: Callable[[Student], Any]) -> list[Any]:
    checks = Asking(ask)
    for student in ("ada", "ben"):
        outcome = replace(grader, checks=checks).grade(job(answered(grader.template, RIGHT), student))
        assert scores(outcome.results)["double"]
    return checks.said


def test_the_kernel_that_no_student_touches_serves_several_submissions_and_never_runs_a_cell(grader, begun):
    (one, before), (other, after) = ask_twice(grader, in_untouched)
    assert one == other and (before, after) == (False, True)


def test_it_is_renewed_after_a_number_of_uses_and_when_it_did_not_come_back(grader, monkeypatch):
    monkeypatch.setattr(supply, "USES", 1)
    ask_twice(grader, in_untouched)  # ends the one that others left
    (_, before), (_, after) = ask_twice(grader, in_untouched)
    assert (before, after) == (False, False)
    monkeypatch.undo()

    def lost(student: Student) -> bool:
        with fresh(student, []) as empty:
            loaded = in_kernel(empty, process, leaves)
            os.kill(loaded.process(), signal.SIGKILL)
            return True

    ask_twice(grader, lost)
    assert ask_twice(grader, in_untouched)[0][1] is False
