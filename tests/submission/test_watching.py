"""What the grader makes of a cell that it watches, with a kernel that is not there; and of a kernel that ends between
two requests."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from autograder.bridge.transport import BridgeClosed
from autograder.sandbox.client import SandboxKernel
from autograder.sandbox.limits import Limits
from autograder.sandbox.policy import Policy
from autograder.sandbox.setup import KernelSetup
from autograder.sandbox.warm_pool import WarmPool
from autograder.submission import kernel as watching
from autograder.submission.kernel import asked_student, mark_names, run_cell, used_by


@pytest.mark.parametrize(("pauses", "reason"), [((6.0, 0.5), None), ((0.5,) * 20, "timeout")])
def test_the_time_in_which_the_grader_itself_stood_still_is_not_the_students(
    monkeypatch: pytest.MonkeyPatch, pauses: tuple[float, ...], reason: str | None
):
    now, waits = [0.0], list(pauses)

    def turn(self: watching._Watch, message: str) -> None:
        now[0] += waits.pop(0) if waits else 0.0
        self.replied = self.idle = not waits

    monkeypatch.setattr(watching.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(watching._Watch, "turn", turn)
    client = SimpleNamespace(execute=lambda source, stop_on_error: "1", iopub=None, shell=None)
    kernel = SimpleNamespace(
        client=client, alive=lambda: True, interrupt=lambda: None, stopped_reason=None, kept_waiting=lambda: 0.0
    )
    assert run_cell(kernel, "x = 1", Limits(wall_s=5)).reason == reason


def ended(kernel: SandboxKernel) -> None:
    """Ends a kernel, of which the grader sees no more than that its channel is closed."""
    os.kill(kernel.pid, signal.SIGKILL)
    while not kernel.client.shell.closed:
        kernel.client.shell.receive()


def ended_with_its_supervisor(kernel: SandboxKernel) -> None:
    """Ends what watches a kernel, which ends the kernel too."""
    psutil.Process(kernel.pid).parent().kill()
    while not kernel.client.shell.closed:
        kernel.client.shell.receive()


def hears_no_more(kernel: SandboxKernel) -> None:
    """Has a kernel close the channel of its requests, and live on."""
    kernel.client.shell.close()


@pytest.mark.parametrize("end", [ended, ended_with_its_supervisor, hears_no_more])
def test_a_kernel_that_ends_between_two_requests_has_died_and_is_no_fault_of_the_machine(tmp_path: Path, end):
    with WarmPool("numpy") as pool, pool.start(KernelSetup(Limits(), Policy(), tmp_path / "work")) as kernel:
        end(kernel)
        assert not mark_names(kernel, "now")
        with asked_student(kernel, seconds=60) as (student, came_back), pytest.raises(BridgeClosed):
            student.anything  # noqa: B018 - it is asked for
        assert came_back == [False]
        assert not kernel.alive()


def test_a_kernel_that_is_gone_before_it_is_measured_has_died(tmp_path: Path):
    with WarmPool("numpy") as pool, pool.start(KernelSetup(Limits(), Policy(), tmp_path / "work")) as kernel:
        ended_with_its_supervisor(kernel)
        with pytest.raises(BridgeClosed, match="ended"):
            used_by(kernel)
