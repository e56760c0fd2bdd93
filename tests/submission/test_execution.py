"""What is run again, and what is not, with kernels that are not there."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from autograder.faults import MachineFault
from autograder.sandbox.client import KernelFailed
from autograder.sandbox.limits import Limits
from autograder.submission import execution
from autograder.submission.execution import MAX_KERNELS, NEXT_CELL, Execution, Exhausted
from autograder.submission.kernel import CellRun
from autograder.submission.supply import Kept

DIED = CellRun([], reason="died", lost=True)
STOPPED = CellRun([], reason="timeout")
NO_MEMORY = CellRun([], reason="memory", lost=True)


@dataclass
class Given:
    """What a cell was given when it ran."""

    source: str
    kernel: int
    limits: Limits
    wall_s: float
    room: int | None


@dataclass
class FakeKernel:
    """A kernel that is not there, and how it was let go of."""

    number: int
    isolation: tuple[str, ...] = ("landlock",)
    killed: bool = False
    oom_killed: bool | None = None
    stopped_reason: str | None = None
    ends: float = float("inf")
    hooked: bool = False
    let_go: list[str] = field(default_factory=list)

    def alive(self) -> bool:
        return execution.time.monotonic() < self.ends

    def kill(self) -> None:
        self.let_go.append("kill")

    def shutdown(self) -> None:
        self.let_go.append("shutdown")


class Kernels:
    """Starts kernels and remembers what ran in them; ``says`` has what becomes of a cell in the kernel of a number."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, says: dict[tuple[str, int], CellRun] | None = None) -> None:
        self.says = says or {}
        self.kernels: list[FakeKernel] = []
        self.given: list[Given] = []
        monkeypatch.setattr(execution, "run_cell", self.run)

    @property
    def ran(self) -> list[tuple[str, int]]:
        return [(each.source, each.kernel) for each in self.given]

    @property
    def started(self) -> int:
        return len(self.kernels)

    @property
    def let_go(self) -> list[list[str]]:
        return [kernel.let_go for kernel in self.kernels]

    def done_in_the_last(self) -> list[str]:
        """The cells that ran in the last kernel, but those with which it was tried."""
        return [source for source, kernel in self.ran if kernel == self.started and source != NEXT_CELL]

    def __call__(self) -> FakeKernel:
        self.kernels.append(FakeKernel(self.started + 1))
        return self.kernels[-1]

    def run(
        self, kernel: FakeKernel, source: str, limits: Limits, wall_s: float | None = None, room: int | None = None
    ) -> CellRun:
        assert isinstance(source, str) and isinstance(limits, Limits) and wall_s is not None
        self.given.append(Given(source, kernel.number, limits, wall_s, room))
        return self.becomes_of(kernel, source)

    def becomes_of(self, kernel: FakeKernel, source: str) -> CellRun:
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


class Clock(Kernels):
    """Time that passes only where somebody sleeps or a cell runs, and kernels that a cell ends later by a timer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, says: dict[tuple[str, int], CellRun] | None = None) -> None:
        super().__init__(monkeypatch, says)
        self.now, self.slept = 1000.0, 0.0
        self.took: dict[str, float] = {}
        self.ends_after: dict[str, float] = {}  # seconds after the end of the cell
        self.ends_next: set[str] = set()  # cells that leave a hook, which ends the kernel when another one begins
        self.blamed: list[str] = []
        monkeypatch.setattr(execution, "time", SimpleNamespace(monotonic=lambda: self.now, sleep=self.sleep))

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds

    def becomes_of(self, kernel: FakeKernel, source: str) -> CellRun:
        until = self.now + self.took.get(source, 0.0)
        if kernel.hooked:
            kernel.ends = self.now
        kernel.hooked = source in self.ends_next
        if self.now >= kernel.ends or until >= kernel.ends:
            self.now = max(self.now, kernel.ends)
            return DIED
        self.now = until
        if source == "os._exit(1)":
            kernel.ends = self.now
            return DIED
        kernel.ends = min(kernel.ends, self.now + self.ends_after.get(source, float("inf")))
        return super().becomes_of(kernel, source)

    def grade(self, *cells: str) -> dict[str, bool]:
        """Which of the cells worked, after all that is found out later."""
        with Execution(self, 1000) as running:
            worked = {}
            for cell in cells:
                worked[cell] = running.run(cell, Limits()).worked
                if worked[cell]:
                    running.remember(cell, Limits(), lambda cell=cell: self.blamed.append(cell))
            running.kernel()
        assert all(each[-1:] == ["shutdown"] for each in self.let_go), "a kernel was left behind"
        assert all(each == ["kill", "shutdown"] for each in self.let_go[:-1])
        return {cell: ok and cell not in self.blamed for cell, ok in worked.items()}


def test_time_in_which_the_machine_ran_others_is_left_out_of_the_whole_notebooks_up_to_as_long_again(
    monkeypatch: pytest.MonkeyPatch,
):
    crowded = CellRun([], put_off_s=90.0)
    clock = Clock(monkeypatch, {("crowded", 1): crowded, ("crowded again", 1): crowded})
    clock.took = {"crowded": 95.0, "crowded again": 95.0}
    with Execution(clock, 100) as running:
        running.run("crowded", Limits())
        assert running.seconds_left == 95.0
        running.run("crowded again", Limits())
        assert running.seconds_left == 10.0  # of 90 more seconds 10 are left out


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

    def warm_after(kernel: FakeKernel, source: str, *more: object, **options: object) -> CellRun:
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

    def slow_after(kernel: FakeKernel, source: str, *more: object, **options: object) -> CellRun:
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


@pytest.mark.parametrize(("took", "over"), [(4.5, False), (5.0, True)])
def test_the_time_is_over_when_all_of_it_has_passed(monkeypatch: pytest.MonkeyPatch, took: float, over: bool):
    clock = Clock(monkeypatch)
    clock.took = {"long": took}
    with Execution(clock, 5) as running:
        running.run("long", Limits())
        assert running.seconds_left == 5 - took
        if over:
            with pytest.raises(Exhausted):
                running.kernel()
        else:
            assert running.run("more", Limits()).worked


OWN = Limits(wall_s=7)
FULL = CellRun([], error=("OSError", "[Errno 28] No space left on device"))


@pytest.mark.parametrize("first", [NO_MEMORY, DIED, FULL])
def test_a_cell_that_is_tried_again_may_use_what_it_may_use(monkeypatch: pytest.MonkeyPatch, first: CellRun):
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(execution.host, "require_what", lambda *what: asked.append(what))
    clock = Clock(monkeypatch, {("cell", 1): first})
    with Execution(clock, 60) as running:
        running.run("before", Limits())
        running.remember("before", OWN, lambda: None)
        assert running.run("cell", OWN, 99).worked
    assert [(each.limits, each.room) for each in clock.given if each.source == "cell"] == [(OWN, 99)] * 2
    assert [each.limits for each in clock.given if each.source == "before"] == [Limits(), OWN]
    assert all(0 < each.wall_s <= 60 for each in clock.given)
    assert clock.given[-1].kernel == 2 and clock.given[-1].wall_s == 60 - (clock.now - 1000)
    assert asked == ([("disk", OWN)] if first is FULL else [])


def test_what_is_done_again_after_the_time_is_over_has_a_tenth_of_a_second(monkeypatch: pytest.MonkeyPatch):
    clock = Clock(monkeypatch, {("bad", 1): NO_MEMORY})
    clock.took = {"long": 6.0}
    with Execution(clock, 10) as running:
        for cell in ("long", "short"):
            running.run(cell, Limits())
            running.remember(cell, Limits())
        with pytest.raises(Exhausted):
            running.run("bad", Limits())
    assert [(each.source, each.wall_s) for each in clock.given[-2:]] == [("long", 4.0), ("short", 0.1)]


def test_a_kernel_that_is_killed_again_for_want_of_memory_is_the_machines_fault(monkeypatch: pytest.MonkeyPatch):
    clock = Clock(monkeypatch)

    def killed() -> FakeKernel:
        kernel = clock()
        kernel.killed = kernel.oom_killed = True
        return kernel

    with Execution(killed, 60) as running, pytest.raises(MachineFault, match="ran out of memory"):
        running.run("os._exit(1)", Limits())
    assert clock.started == 2


def test_a_submission_has_so_many_kernels_and_those_that_were_tried_in_vain_besides(monkeypatch: pytest.MonkeyPatch):
    kernels = Kernels(monkeypatch)
    kernels.becomes_of = lambda kernel, source: NO_MEMORY  # type: ignore[method-assign]
    with Execution(kernels, 60) as running:
        for _ in range(3):
            running.kernel()
            left = running.seconds_left
            running.start_over(100.0)
            assert left + 99 < running.seconds_left < left + 101
        with pytest.raises(Exhausted, match=f"ended its kernel {MAX_KERNELS} times") as stopped:
            while True:
                running.run("cell", Limits())
    assert stopped.value.reason == "died"
    assert kernels.started == 3 + MAX_KERNELS
    assert kernels.let_go == [["kill", "shutdown"]] * kernels.started


@pytest.mark.parametrize(("fails", "started"), [(1, 2), (2, 2), (3, 2)])
def test_a_kernel_that_does_not_start_is_started_once_more(monkeypatch: pytest.MonkeyPatch, fails: int, started: int):
    kernels, asked = Kernels(monkeypatch), []

    def start() -> FakeKernel:
        asked.append(1)
        if len(asked) <= fails:
            raise KernelFailed("it is too late.")
        return kernels()

    with Execution(start, 60) as running:
        assert running.isolation == ()
        if fails == 1:
            assert running.run("cell", Limits()).worked
            assert running.isolation == ("landlock",)
        else:
            with pytest.raises(MachineFault, match="No kernel could be started: it is too late; run"):
                running.run("cell", Limits())
    assert len(asked) == started


def test_the_last_kernel_is_let_go_of_and_one_that_is_given_up_is_killed(monkeypatch: pytest.MonkeyPatch):
    kernels = Kernels(monkeypatch)
    with Execution(kernels, 60) as running:
        running.kernel()
        running.drop_kernel()
        running.drop_kernel()
        running.kernel()
    assert kernels.let_go == [["kill", "shutdown"], ["shutdown"]]


def test_a_kernel_that_cannot_be_killed_in_time_costs_nobody_a_result(monkeypatch: pytest.MonkeyPatch):
    kernels = Kernels(monkeypatch)
    with Execution(kernels, 60) as running:

        def late() -> None:
            raise KernelFailed("it takes too long")

        monkeypatch.setattr(running.kernel(), "kill", late)
        running.drop_kernel()
    assert kernels.let_go == [["shutdown"]]


@pytest.mark.parametrize(("reason", "waits"), [(None, True), ("memory", False)])
def test_where_a_kernel_ended_while_nothing_ran_the_next_one_is_watched_for_a_while(
    monkeypatch: pytest.MonkeyPatch, reason: str | None, waits: bool
):
    clock = Clock(monkeypatch, {("bad", 1): NO_MEMORY})
    with Execution(clock, 60) as running:
        running.run("first", Limits())
        running.remember("first", Limits())
        running.run("bad", Limits())  # so that the second kernel has done again what the first one had done
        clock.kernels[1].ends, clock.kernels[1].stopped_reason = clock.now, reason
        assert running.run("next", Limits()).worked
    assert (clock.slept > 0, NEXT_CELL in [each.source for each in clock.given]) == (waits, waits)
    assert clock.ran[-1] == ("next", 3)


def test_a_cell_that_is_stopped_twice_in_fresh_kernels_is_left_out(monkeypatch: pytest.MonkeyPatch):
    clock = Clock(monkeypatch, {("first", 2): STOPPED, ("first", 3): STOPPED})
    with Execution(clock, 60) as running:
        for cell in ("first", "second"):
            running.run(cell, Limits())
            running.remember(cell, Limits())
        running.drop_kernel()
        running.kernel()
    assert clock.ran == [("first", 1), ("second", 1), ("first", 2), ("first", 3), ("second", 4)]
    assert clock.let_go == [["kill", "shutdown"]] * 3 + [["shutdown"]]
    assert clock.slept == 0


def test_a_cell_that_is_stopped_once_in_a_fresh_kernel_is_not(monkeypatch: pytest.MonkeyPatch):
    clock = Clock(monkeypatch, {("first", 2): STOPPED})
    with Execution(clock, 60) as running:
        running.run("first", Limits())
        running.remember("first", Limits())
        running.drop_kernel()
        running.kernel()
    assert clock.ran == [("first", 1), ("first", 2), ("first", 3)]


def test_a_cell_that_is_hit_by_an_earlier_ones_timer_while_it_is_done_again_is_not_left_out(
    monkeypatch: pytest.MonkeyPatch,
):
    clock = Clock(monkeypatch, {("bad", 1): NO_MEMORY})
    clock.took, clock.ends_after = {"short": 0.5}, {"timer": 1.0}
    with Execution(clock, 60) as running:
        for cell in ("timer", "short"):
            running.run(cell, Limits())
            running.remember(cell, Limits(), lambda cell=cell: clock.blamed.append(cell))
        clock.took["short"] = 3.0
        assert running.run("bad", Limits()).worked
    assert clock.blamed == ["timer"]
    assert clock.done_in_the_last() == ["short", "bad"]


def test_a_death_by_chance_while_a_fresh_kernel_is_watched_is_nobodys(monkeypatch: pytest.MonkeyPatch):
    clock = Clock(monkeypatch)

    def start() -> FakeKernel:
        kernel = clock()
        if kernel.number == 2:
            kernel.ends = clock.now + 0.1
        return kernel

    with Execution(start, 60) as running:
        for cell in ("first", "second"):
            running.run(cell, Limits())
            running.remember(cell, Limits(), lambda cell=cell: clock.blamed.append(cell))
        assert running.run("os._exit(1)", Limits()).lost
        assert running.run("after", Limits()).worked
    assert clock.blamed == []
    assert clock.done_in_the_last() == ["first", "second", "after"]
    assert clock.started == 5, "the first, the one that died, one with half the cells, one with all, and the last"
    assert all(each[-1:] == ["shutdown"] for each in clock.let_go), "a kernel was left behind"


def test_after_a_death_by_chance_another_kernel_is_watched_before_a_cell_is_tried_in_it(
    monkeypatch: pytest.MonkeyPatch,
):
    clock = Clock(monkeypatch)

    def start() -> FakeKernel:
        kernel = clock()
        kernel.killed = True
        kernel.ends = clock.now + 0.1 if kernel.number == 2 else kernel.ends
        return kernel

    with Execution(start, 60) as running:
        assert running.run("os._exit(1)", Limits()).lost
    assert clock.ran == [("os._exit(1)", 1), (NEXT_CELL, 3), ("os._exit(1)", 3)]


class Marks:
    """Where names were marked; ``fails`` has the kernels that do not come back from it, and what becomes of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, clock: Clock, fails: dict[int, str]) -> None:
        self.made: list[tuple[int, str]] = []
        self._clock, self._fails = clock, fails
        monkeypatch.setattr(execution, "mark_names", self)

    def __call__(self, kernel: FakeKernel, name: str) -> bool:
        self.made.append((kernel.number, name))
        became = self._fails.get(kernel.number)
        if became in ("died", "memory"):
            kernel.ends = self._clock.now
            kernel.stopped_reason = became if became == "memory" else None
        return became is None


@pytest.mark.parametrize(("fails", "made", "waits"), [
    ({}, [1, 2], False),
    ({1: "hung"}, [1, 2], False),
    ({1: "memory"}, [1, 2], False),
    ({1: "died"}, [1, 2, 3], True),
])
def test_names_are_marked_in_every_kernel_that_replaces_one(
    monkeypatch: pytest.MonkeyPatch, fails: dict[int, str], made: list[int], waits: bool
):
    clock = Clock(monkeypatch)
    marks = Marks(monkeypatch, clock, fails)
    with Execution(clock, 60) as running:
        running.mark("task")
        assert (clock.slept > 0) == waits
        running.drop_kernel()
        running.kernel()
    assert marks.made == [(number, "task") for number in made]


def test_a_kernel_that_no_students_code_touches_comes_from_the_supply_and_goes_back(monkeypatch: pytest.MonkeyPatch):
    kernels = Kernels(monkeypatch)
    kept, back = [None, Kept(FakeKernel(77))], []
    supply = SimpleNamespace(
        untouched=lambda: kept.pop(0), start_untouched=lambda: FakeKernel(66), give_back=back.append
    )  # fmt: skip
    with Execution(kernels, 60, supply) as running:
        for number in (66, 77):
            with running.untouched() as untouched:
                assert untouched.kernel.number == number
    assert [each.kernel.number for each in back] == [66, 77] and kernels.started == 0
