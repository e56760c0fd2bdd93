"""Checks measure a submission from outside, and ask it in kernels of their own."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from autograder.bridge.measuring import fresh, measured
from autograder.bridge.student import NotAttempted, Student, in_kernel
from autograder.bridge.transport import BridgeClosed, LocalTransport
from autograder.checks.result import TestResult
from autograder.classroom.worker import WorkerSpec, make_grader
from autograder.faults import MachineFault
from autograder.sandbox.client import SandboxKernel
from autograder.submission import host
from autograder.submission.submission import Grader
from tests.small.courses import at_home
from tests.small.small_class import RIGHT, answered, job, small_course

MIB = 1 << 20
SLOW = """
import time
time.thread_time = time.process_time = time.perf_counter = lambda: 0.0
import numpy as np
def double(x):
    held = np.ones(int(x) << 17)
    for _ in range(20):
        held *= 1.5
    return float(held[0])
"""


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    root = tmp_path_factory.mktemp("course")
    small_course(root, limits={"wall_s": 20, "memory_bytes": 500 * MIB})
    with at_home(root):
        grader, close = make_grader(WorkerSpec(root, "00-small", "required"))
        yield grader
        close()


class Asking:
    """In place of the course's checks: one question to the notebook of the task `double`."""

    def __init__(self, ask: Callable[[Student], None]) -> None:
        self._ask = ask
        self.said: list[Any] = []

    def run(self, task: str, student: Student, **_: Any) -> Sequence[TestResult]:
        try:
            if task == "double":
                self.said.append(self._ask(student))
            return [TestResult("asked", "", True, 1.0, passed=True)]
        except BridgeClosed as error:
            return [TestResult("asked", "", True, 1.0, passed=False, reason=error.reason, lost=True, message="lost")]


def asked(grader: Grader, ask: Callable[[Student], Any], answers: dict[str, str], *extra: str) -> tuple[list[Any], Any]:
    checks = Asking(ask)
    notebook = answered(grader.template, {**RIGHT, **answers}, extra)
    outcome = replace(grader, checks=checks).grade(job(notebook))
    return checks.said, next(task for task in outcome.results.tasks if task.task == "double")


def use(student: Student, x: int) -> Any:
    with measured(student) as used:
        student.double(x)
    return used


def test_processor_time_and_memory_are_those_of_the_call_whatever_the_notebook_says(grader):
    def ask(student: Student) -> Any:
        light = use(student, 1)
        return light, use(student, 200)

    [(light, heavy)], _ = asked(grader, ask, {"double": SLOW})
    assert light.cpu_s < 0.2 < heavy.cpu_s < 10
    assert light.peak_bytes < 100 * MIB and 200 * MIB < heavy.peak_bytes < 300 * MIB


def test_a_fresh_kernel_has_the_cells_of_its_task_alone(grader):
    def ask(student: Student) -> Any:
        before = use(student, 1).peak_bytes
        with fresh(student, ["double"]) as other:
            found = other.double(3)
            with pytest.raises(NotAttempted):
                other.square(2)
            return before, found, use(other, 1).peak_bytes

    hoard = "def square(x):\n    return x * x\nimport numpy as np\nhoard = np.ones(200 << 17)"
    [(before, found, alone)], _ = asked(grader, ask, {"square": hoard})
    assert found == 6
    assert before > 200 * MIB and alone < 100 * MIB


def test_a_kernel_without_cells_times_the_reference(grader):
    def ours(n: int) -> float:
        import numpy

        return float(numpy.ones(n).sum())

    def ask(student: Student) -> Any:
        with fresh(student, []) as empty:
            with pytest.raises(NotAttempted):
                empty.double(1)
            with measured(empty) as used:
                total = in_kernel(empty, ours).ours(1 << 24)
            return total, used.cpu_s

    [(total, cpu_s)], _ = asked(grader, ask, {})
    assert total == 1 << 24 and 0.01 < cpu_s < 2


def test_an_answer_that_stands_elsewhere_is_found_with_all_cells(grader):
    def ask(student: Student) -> Any:
        with fresh(student, ["double"]) as other:
            return other.double(4), other.square(3)

    later = "tiny_sum = {'total': 3}\ndef double(x):\n    return 2 * x"
    said, _ = asked(grader, ask, {"double": "pass", "tiny-sum": later})
    assert said == [(8, 9)]


def test_a_fresh_kernel_that_ends_costs_the_task_and_names_the_limit(grader):
    def ask(student: Student) -> Any:
        with fresh(student, ["double"]) as other:
            other.double(1)

    greedy = "import numpy as np\ndef double(x):\n    kept = [np.ones(64 << 17) for _ in range(100)]\n    return 2"
    _, task = asked(grader, ask, {"double": greedy})
    assert (task.status, task.reason) == ("stopped", "memory")


def test_in_a_students_own_notebook_this_process_is_measured():
    names: dict[str, Any] = {}
    exec("import numpy as np\ndef double(x):\n    a = np.ones(x << 17)\n    return float((a * 2)[0])", names)
    student = Student(LocalTransport(names))
    assert use(student, 100).peak_bytes > 150 * MIB
    assert use(student, 1).peak_bytes < 50 * MIB
    with fresh(student, ["double"]) as other:
        assert other.double(1) == 2.0
    with fresh(student, []) as empty, pytest.raises(NotAttempted):
        empty.double(1)


@pytest.mark.parametrize("times", [1, 9])
def test_a_kernel_besides_that_somebody_else_killed_is_replaced_once(grader, times: int, monkeypatch):
    kernels: list[Any] = []
    killed: list[int] = []

    def start(*args: Any) -> Any:
        kernels.append(grader.kernels(*args))
        return kernels[-1]

    def ask(student: Student) -> Any:
        with fresh(student, ["double"]) as other:
            if len(killed) < times:
                killed.append(kernels[-1].pid)
                os.kill(killed[-1], signal.SIGKILL)
            return other.double(3)

    counted = replace(grader, kernels=start)
    said, result = asked(counted, ask, {})
    assert (said, result.reason) == (([6], None) if times == 1 else ([], "died"))
    assert len(killed) == min(times, 2)
    if times > 1:
        killed.clear()
        monkeypatch.setattr(host, "oom_kills", lambda: len(killed))
        monkeypatch.setattr(SandboxKernel, "oom_killed", None)  # as where a kernel has no control group of its own
        with pytest.raises(MachineFault, match="ran out of memory"):
            asked(counted, ask, {})
