"""How a kernel ended, and by whom."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
import pytest

from autograder.sandbox import client
from tests.sandbox.conftest import run


@contextmanager
def ended_at_last(*processes: psutil.Process) -> Iterator[None]:
    """What lives on against a test's expectation ends with the test: nobody is left above it who would end it."""
    try:
        yield
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()


def test_a_kernel_does_not_outlive_its_supervisor(kernel):
    process = psutil.Process(kernel.pid)
    with ended_at_last(process):
        process.parent().kill()
        process.wait(10)
        _until(lambda: not kernel.alive())
        assert kernel.killed and kernel.stopped_reason is None


CHILD = """
import os, time
if not os.fork():
    time.sleep(60)
    os._exit(0)"""


@pytest.mark.parametrize("seen", [True, False])
def test_what_a_kernel_started_does_not_outlive_its_supervisor_either(kernel, seen: bool):
    assert run(kernel, CHILD).error == ""
    process = psutil.Process(kernel.pid)
    started = process.children()
    with ended_at_last(process, *started):
        process.parent().kill()
        process.wait(10)
        if seen:
            _until(lambda: not kernel.alive())
        kernel.shutdown()
        assert len(started) == 1 and psutil.wait_procs(started, timeout=10)[1] == []


@pytest.mark.parametrize("end", ["kill", "shutdown"])
def test_a_supervisor_that_somebody_stopped_holds_nobody_up(kernel, monkeypatch, end: str):
    monkeypatch.setattr(client, "_END_S", 0.5)
    run(kernel, CHILD)
    process = psutil.Process(kernel.pid)
    supervisor = process.parent()
    tree = [supervisor, process, *process.children()]
    with ended_at_last(*tree):
        supervisor.suspend()
        with pytest.raises(client.KernelFailed, match="did not answer"):
            kernel.usage()
        getattr(kernel, end)()
        assert not kernel.alive()
        kernel.shutdown()
        assert len(tree) == 3 and psutil.wait_procs(tree, timeout=10)[1] == []
    assert not any(os.path.exists(folder) for folder in kernel._request["folders"].values())


@pytest.mark.parametrize(("number", "killed"), [(signal.SIGKILL, True), (signal.SIGTERM, False)])
def test_a_kill_from_outside_is_told_from_the_graders_own(kernel, number: int, killed: bool):
    os.kill(kernel.pid, number)
    _until(lambda: not kernel.alive())
    kernel.kill()
    assert kernel.killed is killed


def test_what_the_grader_ended_itself_was_not_killed_by_somebody_else(kernel):
    kernel.kill()
    assert not kernel.killed


def test_asking_for_the_kernels_end_in_a_cell_ends_nothing(kernel):
    for source in ("exit()", "quit()", "get_ipython().kernel.do_shutdown(False)"):
        run(kernel, source)
        time.sleep(0.3)
        assert run(kernel, "1 + 1").result == "2"


def _until(condition: object, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    assert condition()
