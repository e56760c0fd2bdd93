"""What is run again, and what is not, with kernels that are not there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from autograder.faults import MachineFault
from autograder.sandbox.limits import Limits
from autograder.submission import execution
from autograder.submission.execution import Execution, Exhausted
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


class Clock:
    """Time that passes only where somebody sleeps or a cell runs, and kernels that a cell ends later by a timer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.slept, self.started = 1000.0, 0.0, 0
        self.took: dict[str, float] = {}
        self.ends_after: dict[str, float] = {}  # seconds after the end of the cell
        self.ends_next: set[str] = set()  # cells that leave a hook, which ends the kernel when another one begins
        self.blamed: list[str] = []
        monkeypatch.setattr(execution.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(execution.time, "sleep", self.sleep)
        monkeypatch.setattr(execution, "run_cell", self.run)

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds

    def __call__(self) -> Any:
        kernel = SimpleNamespace(
            isolation=[], ends=float("inf"), hooked=False, stopped_reason=None, kill=lambda: None,
            shutdown=lambda: None,
        )  # fmt: skip
        self.started += 1
        kernel.killed = False
        kernel.alive = lambda: self.now < kernel.ends
        return kernel

    def run(self, kernel: Any, source: str, *more: object, **options: object) -> CellRun:
        until = self.now + self.took.get(source, 0.0)
        if kernel.hooked:
            kernel.ends = self.now
        kernel.hooked = source in self.ends_next
        if self.now >= kernel.ends or until >= kernel.ends:
            self.now = max(self.now, kernel.ends)
            return CellRun([], reason="died", lost=True)
        self.now = until
        if source == "os._exit(1)":
            kernel.ends = self.now
            return CellRun([], reason="died", lost=True)
        kernel.ends = min(kernel.ends, self.now + self.ends_after.get(source, float("inf")))
        return CellRun([])

    def grade(self, *cells: str) -> dict[str, bool]:
        """Which of the cells worked, after all that is found out later."""
        with Execution(self, 1000) as running:
            worked = {}
            for cell in cells:
                worked[cell] = running.run(cell, Limits()).worked
                if worked[cell]:
                    running.remember(cell, Limits(), lambda cell=cell: self.blamed.append(cell))
            running.kernel()
        return {cell: ok and cell not in self.blamed for cell, ok in worked.items()}


def test_a_cell_that_ends_its_kernel_at_once_costs_half_a_second_however_long_the_others_took(
    monkeypatch: pytest.MonkeyPatch,
):
    clock = Clock(monkeypatch)
    clock.took = {"train": 40.0, "look": 1.0}
    assert clock.grade("train", "look", "os._exit(1)", "after") == {
        "train": True, "look": True, "os._exit(1)": False, "after": True,
    }  # fmt: skip
    assert clock.slept < 0.6
    assert clock.started == 3, "the first, the one that waited, and the one after it"


def test_a_hook_that_ends_the_kernel_when_the_next_cell_begins_costs_the_cell_that_left_it(
    monkeypatch: pytest.MonkeyPatch,
):
    clock = Clock(monkeypatch)
    clock.ends_next = {"hook"}
    assert clock.grade("first", "hook", "second", "third") == {
        "first": True, "hook": False, "second": True, "third": True,
    }  # fmt: skip
    assert clock.blamed == ["hook"]


@pytest.mark.parametrize("later", [0.1, 2.0, 4.0, 11.0])
def test_a_timer_costs_the_cell_that_set_it_and_none_that_runs_when_it_goes_off(
    monkeypatch: pytest.MonkeyPatch, later: float
):
    clock = Clock(monkeypatch)
    clock.took = {"before": 3.0, "timer": 0.1, "short": 0.5, "long": 10.0, "last": 2.0}
    clock.ends_after = {"timer": later}
    worked = clock.grade("before", "timer", "short", "long", "last")
    assert worked == {"before": True, "timer": False, "short": True, "long": True, "last": True}


def test_a_timer_is_found_too_where_the_cells_run_faster_the_second_time(monkeypatch: pytest.MonkeyPatch):
    """What was compiled, downloaded or read from a disk once is there at once later."""
    clock = Clock(monkeypatch)
    clock.took = {"timer": 0.1, "slow at first": 3.0, "short": 1.0}
    clock.ends_after = {"timer": 3.5}
    run = clock.run

    def warm_after(kernel: Any, source: str, *more: object, **options: object) -> CellRun:
        ran = run(kernel, source, *more, **options)
        clock.took["slow at first"] = 0.1 if source == "short" else clock.took["slow at first"]
        return ran

    monkeypatch.setattr(execution, "run_cell", warm_after)
    assert clock.grade("timer", "slow at first", "short") == {"timer": False, "slow at first": True, "short": True}


def test_a_timer_is_found_too_where_the_cells_run_slower_the_second_time(monkeypatch: pytest.MonkeyPatch):
    """The fresh kernel may have lived for longer than the other one before its last cell is done."""
    clock = Clock(monkeypatch)
    clock.took = {"slow later": 1.0, "timer": 0.1, "long": 3.0}
    clock.ends_after = {"timer": 2.0}
    run = clock.run

    def slow_after(kernel: Any, source: str, *more: object, **options: object) -> CellRun:
        ran = run(kernel, source, *more, **options)
        clock.took["slow later"] = 6.0 if source == "long" else clock.took["slow later"]
        return ran

    monkeypatch.setattr(execution, "run_cell", slow_after)
    assert clock.grade("slow later", "timer", "long") == {"slow later": True, "timer": False, "long": True}


def test_only_a_kill_of_which_linux_ran_out_of_memory_meanwhile_is_the_machines_fault(monkeypatch: pytest.MonkeyPatch):
    counted = [7]
    monkeypatch.setattr(execution.host, "oom_kills", lambda: counted[0])
    killed, ended = (SimpleNamespace(killed=killed, oom_killed=None) for killed in (True, False))
    running = Execution(Clock(monkeypatch), 60)
    running.refuse_oom_kill("died", killed)
    counted[0] = 8
    for reason, kernel in (("died", ended), ("timeout", killed), (None, killed)):
        running.refuse_oom_kill(reason, kernel)
    with pytest.raises(MachineFault, match="ran out of memory"):
        running.refuse_oom_kill("died", killed)


def test_a_kernels_own_group_says_whether_linux_killed_it_whatever_the_machine_counted(monkeypatch: pytest.MonkeyPatch):
    """Another submission that fills its own group is killed too, and counts on the whole machine."""
    counted = [7]
    monkeypatch.setattr(execution.host, "oom_kills", lambda: counted[0])
    running = Execution(Clock(monkeypatch), 60)
    with pytest.raises(MachineFault, match="ran out of memory"):
        running.refuse_oom_kill("died", SimpleNamespace(killed=True, oom_killed=True))
    counted[0] = 8
    running.refuse_oom_kill("died", SimpleNamespace(killed=True, oom_killed=False))


def test_a_notebook_that_has_used_up_its_time_is_told_how_much_it_had(monkeypatch: pytest.MonkeyPatch):
    clock = Clock(monkeypatch)
    clock.took = {"long": 10.0}
    with Execution(clock, 5) as running:
        running.run("long", Limits())
        with pytest.raises(Exhausted, match="The whole notebook has 5 seconds") as stopped:
            running.run("more", Limits())
    assert stopped.value.reason == "timeout"
