"""A student's kernel, from the grader's side: `SandboxKernel`, which a warm server forked (see `warm_pool`).

Runs in the grader. It reads JSON from the supervisors, which run no student code, and hands out the connected Jupyter
client and the grader's end of the bridge.
"""

from __future__ import annotations

import contextlib
import os
import queue
import select
import shutil
import signal
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..language import sentences_of
from . import channel, mechanisms
from .policy import IsolationMissing
from .usage import Usage

if TYPE_CHECKING:
    from .zmtp import KernelClient

_ = sentences_of(__package__)

_START_S = 30.0
_GPU_START_S = 120.0  # opening a device takes long where its driver is not kept loaded
_WELCOME_S = 0.25  # ten times what a welcome takes
_END_S = 10.0
_BY_FORCE = (-signal.SIGKILL, None)  # None where the supervisor could not say
_LOST = {"event": "ended", "reason": None, "status": None, "by_us": False, "oom_killed": None}  # no supervisor


class KernelFailed(RuntimeError):
    """A kernel or its server could not be started."""


class SandboxKernel:
    """A student's kernel, from the grader's side.

    `client` is connected to its shell and iopub channels, `bridge` is the grader's end of the bridge, `isolation` the
    mechanisms in force, `ready_seconds` the time from the request to a kernel that answers.
    """

    client: KernelClient

    def __init__(
        self, control: socket.socket, bridge: socket.socket, request: dict[str, Any], started: float, connect: bool
    ) -> None:
        self.bridge = bridge
        self.connection: dict[str, Any] = request["connection"]
        self._control, self._request = control, request
        self._ended: dict[str, Any] | None = None
        self._closed = False
        self._supervisor: int | None = None
        self._waited_s = 0.0
        ready = self._await_ready(started)
        self.pid: int = ready["pid"]
        with contextlib.suppress(ProcessLookupError):  # it ended meanwhile
            self._supervisor = os.pidfd_open(ready["supervisor"])
        self.isolation: list[str] = ready["isolation"]
        if connect:
            self.client = self._connect()
        self.ready_seconds = time.monotonic() - started

    def _await_ready(self, started: float) -> dict[str, Any]:
        event = self._next_event(_GPU_START_S if self._request["gpu"] else _START_S)
        if event is None or event["event"] != "ready":
            self._release()
            missing = (event or {}).get("missing")
            if missing:
                raise IsolationMissing(mechanisms.sentence(missing))
            raise KernelFailed(_("the kernel did not start: {why}").format(why=_why(event, started)))
        return event

    def _connect(self) -> KernelClient:
        from .zmtp import KernelClient  # with Jupyter's library, which takes longer than it takes to start the server

        try:
            client = KernelClient(self.connection)
        except OSError as error:
            self._release()
            raise KernelFailed(_("the kernel did not answer: {error}").format(error=error)) from error
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            with contextlib.suppress(queue.Empty):
                client.get_iopub_msg(timeout=_WELCOME_S)
                return client  # once it is welcome, no output can be missed
            # ipykernel overlooks a subscriber that comes while it sends its first status; another message wakes it
            client.request("kernel_info_request")
        client.close()
        self._release()
        raise KernelFailed(_("the kernel did not answer"))

    def open_bridge(self) -> str:
        """Asks the kernel to serve the bridge until the grader closes it; returns the message's id."""
        return self.client.request("bridge_request")

    def belongs_to(self, student: str) -> None:
        """Tells a kernel whose `KernelSetup` left that open whose notebook it runs, before its first cell, and has its
        supervisor watch it. Raises OSError where it is gone."""
        self._ask("watch")
        self.client.request("student_request", {"student": student})

    def alive(self) -> bool:
        """Whether the kernel still runs."""
        self._look()
        return self._ended is None and not self._closed

    @property
    def stopped_reason(self) -> str | None:
        """The limit that ended the kernel: "memory", "processes", "disk" or "cpu"; None if none did."""
        self._look()
        return self._ended["reason"] if self._ended else None

    @property
    def killed(self) -> bool:
        """Whether the kernel ended by a SIGKILL that neither the grader nor the guard sent, or lost its supervisor.

        Its own code can bring the first about; so can anybody who may send signals here, and Linux for want of
        memory."""
        self._look()
        ended = self._ended
        return ended is not None and not ended["by_us"] and ended["reason"] is None and ended["status"] in _BY_FORCE

    @property
    def oom_killed(self) -> bool | None:
        """Whether Linux ended a process of the kernel for want of memory, as its own control group counts it; None
        where it has none."""
        self._look()
        return self._ended["oom_killed"] if self._ended else None

    @property
    def status(self) -> int | None:
        """The ended kernel's exit code, or minus the signal that ended it; None while it runs."""
        self._look()
        return self._ended["status"] if self._ended else None

    def fileno(self) -> int:
        """A descriptor that becomes readable when the kernel ends, for `select`."""
        return self._control.fileno()

    def usage(self) -> Usage:
        """What the kernel and all that it started have used, as its supervisor sees it from outside.

        CPU seconds since its start, of processes that ended too; `peak_bytes` is the most resident memory at once
        beyond what it had when it was ready, which it shares with the warm server. Raises `KernelFailed` without an
        answer.
        """
        self._ask("measure")
        deadline = time.monotonic() + _END_S
        while (event := self._next_event(deadline - time.monotonic())) is not None:
            if event["event"] == "measured":
                return Usage(event["cpu_s"], event["peak_bytes"], event["waited_s"])
            self._note(event)
        raise KernelFailed(_("the kernel's supervisor did not answer"))

    def kept_waiting(self) -> float:
        """Seconds in which the kernel was ready to run and the machine ran others, since this was last asked; 0 where
        the kernel is gone."""
        try:
            now = self.usage().waited_s
        except KernelFailed:
            return 0.0
        before, self._waited_s = self._waited_s, max(self._waited_s, now)  # of one that has ended nothing is counted
        return self._waited_s - before

    def interrupt(self) -> None:
        """SIGINT to the kernel, as Jupyter's stop button sends it."""
        self._ask("interrupt")

    def kill(self) -> None:
        """Ends the kernel and everything it started. Returns when nothing of it runs any more.

        A supervisor that does not answer, since somebody stopped it, is ended too."""
        self._ask("kill")
        deadline = time.monotonic() + _END_S
        while self.alive():
            self._look(deadline - time.monotonic())
            if time.monotonic() > deadline:
                self._end_by_force()

    def shutdown(self) -> None:
        """Ends the kernel and removes all it made. Safe to call twice, and after the kernel died."""
        if self._closed:
            return
        if hasattr(self, "client"):
            self.client.close()
        self._release()

    def _release(self) -> None:
        """Lets the supervisor go, and waits until it has cleaned up."""
        self._closed = True
        self.bridge.close()
        self._control.shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + _END_S
        while (event := self._next_event(deadline - time.monotonic())) is not None:
            self._note(event)
        if time.monotonic() > deadline or self._ended is None or self._ended is _LOST:
            self._end_by_force()
        if self._supervisor is not None:
            os.close(self._supervisor)
            self._supervisor = None
        self._control.close()
        for folder in (*self._request["folders"].values(), self._request["base"]):  # left where no supervisor ever was
            shutil.rmtree(folder, ignore_errors=True)

    def _end_by_force(self) -> None:
        """Ends all of a kernel whose supervisor is stopped or gone, and the supervisor.

        While one process of the kernel's group is left, the group's number is nobody else's."""
        if self._supervisor is None:
            return
        if self._ended is None or self._ended is _LOST:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._supervisor, signal.SIGKILL)
        self._ended = self._ended or _LOST

    def _ask(self, action: str) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            channel.send(self._control, {"do": action})

    def _look(self, timeout: float = 0.0) -> None:
        if self._ended is None and not self._closed and self._readable(timeout):
            self._note(self._next_event(0) or _LOST)

    def _note(self, event: dict[str, Any]) -> None:
        if event["event"] == "ended" and self._ended is None:
            self._ended = event

    def _next_event(self, timeout: float) -> dict[str, Any] | None:
        if not self._readable(timeout):
            return None
        return channel.receive(self._control)[0]

    def _readable(self, timeout: float) -> bool:
        return bool(select.select([self._control], [], [], max(0.0, timeout))[0])

    def __enter__(self) -> SandboxKernel:
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()


@dataclass(frozen=True)
class StartingKernel:
    """A kernel that was asked for and may not be there yet. It ends with this process, or once it is finished and then
    shut down."""

    control: socket.socket
    bridge: socket.socket
    request: dict[str, Any]
    started: float

    def finish(self, *, connect: bool = True) -> SandboxKernel:
        """Waits until the kernel answers. Raises `KernelFailed` or `IsolationMissing` where it does not start."""
        return SandboxKernel(self.control, self.bridge, self.request, self.started, connect)


def _why(event: dict[str, Any] | None, started: float) -> str:
    if event is None:
        return _("there was no answer for {seconds:.0f} s").format(seconds=time.monotonic() - started)
    return event.get("why") or _("it ended with status {status}").format(status=event.get("status"))
