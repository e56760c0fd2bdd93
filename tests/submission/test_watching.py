"""What the grader makes of a cell that it watches, with a kernel that is not there."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from autograder.sandbox.limits import Limits
from autograder.submission import kernel as watching
from autograder.submission.kernel import run_cell


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
