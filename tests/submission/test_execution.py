"""What is run again, and what is not, with kernels that are not there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from autograder.sandbox.limits import Limits
from autograder.submission import execution
from autograder.submission.execution import Execution
from autograder.submission.kernel import CellRun


class Kernels:
    """Starts kernels and remembers what ran in them; ``says`` has what becomes of a cell in the kernel of a number."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, says: dict[tuple[str, int], CellRun]) -> None:
        self.says, self.started, self.ran = says, 0, []
        monkeypatch.setattr(execution, "run_cell", self.run)

    def __call__(self) -> Any:
        self.started += 1
        return SimpleNamespace(
            number=self.started, isolation=[], alive=lambda: True, killed=False, stopped_reason=None,
            kill=lambda: None, shutdown=lambda: None,
        )  # fmt: skip

    def run(self, kernel: Any, source: str, limits: Limits, *more: object, **options: object) -> CellRun:
        self.ran.append((source, kernel.number))
        return self.says.get((source, kernel.number), CellRun([]))


@pytest.mark.parametrize("reason", ["memory", "processes", "disk"])
def test_a_cell_that_found_memory_processes_or_disk_used_up_is_tried_again_in_a_fresh_kernel(
    monkeypatch: pytest.MonkeyPatch, reason: str
):
    kernels = Kernels(monkeypatch, {("second", 1): CellRun([], reason=reason, lost=True)})
    with Execution(kernels, 60) as running:
        running.run("first", Limits())
        running.remember("first", Limits())
        assert not running.run("second", Limits()).lost
    assert kernels.ran == [("first", 1), ("second", 1), ("first", 2), ("second", 2)]


@pytest.mark.parametrize("reason", ["timeout", "output"])
def test_a_cell_that_used_up_its_own_time_or_output_is_not(monkeypatch: pytest.MonkeyPatch, reason: str):
    kernels = Kernels(monkeypatch, {("second", 1): CellRun([], reason=reason, lost=True)})
    with Execution(kernels, 60) as running:
        running.run("first", Limits())
        running.remember("first", Limits())
        assert running.run("second", Limits()).lost
    assert kernels.ran == [("first", 1), ("second", 1)]
