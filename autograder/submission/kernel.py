"""Drives a student's kernel: runs a cell within its limits and collects what it shows.

Nothing that arrives here is trusted. The kernel knows its own signing key, so it can send any message at
any time; the worst that does is to end its own cell early or to fill its own outputs. A message is measured
before it is parsed, and one that cannot be parsed is dropped."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol

from nbformat import NotebookNode

from autograder.bridge.student import NotAttempted, Student, StudentError, mark
from autograder.bridge.transport import BUSY, OWED_S, BridgeClosed, BridgeFailure, SocketTransport
from autograder.faults import AGAIN, MachineFault
from autograder.language import sentences_of
from autograder.sandbox.client import KernelFailed
from autograder.sandbox.limits import Limits
from autograder.sandbox.usage import Usage
from autograder.sandbox.zmtp import Channel, Dropped
from autograder.submission.outputs import Collector

_ = sentences_of(__package__)

POLL_MS = 100
INTERRUPT_GRACE_S = 2.0
IDLE_GRACE_S = 1.0
CLOSE_S = 3.0  # for a kernel to come back from the bridge
STALLED_S = 1.5  # the grader looks ten times a second; what it did not see for longer counts for nobody
OVERFLOW = 8  # a cell may print this many times its cap, most of it dropped, before it is stopped


class Kernel(Protocol):
    """What grading needs of a kernel that the sandbox started."""

    client: Any
    bridge: socket.socket
    isolation: list[str]

    @property
    def stopped_reason(self) -> str | None: ...
    @property
    def killed(self) -> bool: ...
    @property
    def oom_killed(self) -> bool | None: ...
    def open_bridge(self) -> Any: ...
    def alive(self) -> bool: ...
    def usage(self) -> Usage: ...
    def kept_waiting(self) -> float: ...
    def interrupt(self) -> Any: ...
    def kill(self) -> Any: ...
    def shutdown(self) -> Any: ...


@dataclass(frozen=True)
class CellRun:
    """What became of one cell. ``lost`` says that the kernel is gone, ``reason`` why the cell was stopped. ``seconds``
    is the time that it took, of which the machine ran others for ``put_off_s``."""

    outputs: list[NotebookNode]
    error: tuple[str, str] | None = None
    reason: str | None = None
    lost: bool = False
    seconds: float = 0.0
    kept_bytes: int = 0
    put_off_s: float = 0.0

    @property
    def worked(self) -> bool:
        """Whether a fresh kernel should run the cell again to get to the same state."""
        return self.reason is None and not self.lost


def run_cell(
    kernel: Kernel, source: str, limits: Limits, wall_s: float | None = None, room: int | None = None
) -> CellRun:
    """Runs one cell; ``wall_s`` is its time and ``room`` the bytes for its outputs if less is left than the limits
    allow. Time in which the machine ran others is none of its own. Never raises for student code."""
    started, left = time.monotonic(), wall_s or float("inf")
    latest = started + min(BUSY * limits.wall_s, left)
    watch = _Watch(kernel, limits, started + min(limits.wall_s, left), room, latest)
    try:
        message = kernel.client.execute(source, stop_on_error=False)
        reason, lost = watch.until_done(message)
    except OSError:
        reason, lost = kernel.stopped_reason or "died", True
    found = watch.collector
    took = time.monotonic() - started
    return CellRun(found.outputs, found.error, reason, lost, took, found.kept_bytes, watch.put_off_s)


@contextmanager
def asked_student(
    kernel: Kernel, close_s: float = CLOSE_S, together: bool = False, **options: Any
) -> Iterator[tuple[Student, list[bool]]]:
    """The student's notebook over the bridge. The list gets one bool at the end: whether the kernel came
    back.

    ``together``: whether several answers may come in one message; ``options`` go to ``SocketTransport``.
    """
    came_back: list[bool] = []
    request = open_bridge(kernel)
    transport = SocketTransport(kernel.bridge, usage=lambda: used_by(kernel), **options)
    yield Student(transport, together), came_back
    came_back.append(request is not None and transport.close() and await_reply(kernel, request, close_s))


def open_bridge(kernel: Kernel) -> str | None:
    """Asks the kernel to serve the bridge; returns the request's id. None where it ended a moment ago, which the grader
    may not have seen yet, or hears no requests any more: then it is ended, and its bridge is closed."""
    try:
        return str(kernel.open_bridge())
    except OSError:
        ended_by(kernel)
        if kernel.alive():
            kernel.kill()
        return None


def mark_names(kernel: Kernel, name: str, seconds: float = 5.0) -> bool:
    """Has the kernel remember the notebook's names under ``name``; True if it came back from that."""
    with asked_student(kernel, seconds=seconds, on_timeout=kernel.interrupt) as (student, came_back):
        with suppress(BridgeFailure, StudentError, NotAttempted):  # a kernel that cannot is asked as it is later
            mark(student, name)
    return came_back == [True]


def await_reply(kernel: Kernel, message: str, seconds: float) -> bool:
    """Waits for the shell reply to ``message``, for instance of the bridge; True if it came in time."""
    watch = _Watch(kernel, Limits(), time.monotonic() + seconds)
    while time.monotonic() < watch.deadline and kernel.alive():
        watch.turn(message)
        if watch.replied:
            return True
    return False


def used_by(kernel: Kernel) -> Usage:
    """What a kernel has used. Raises ``BridgeClosed`` where it is gone, and ``MachineFault`` where its supervisor does
    not say so."""
    try:
        return kernel.usage()
    except KernelFailed as error:
        if not kernel.alive():
            raise BridgeClosed(_("the kernel ended before it was measured")) from None
        raise MachineFault(
            _("A kernel could not be measured: {reason}; {again}.").format(reason=str(error).rstrip("."), again=AGAIN)
        ) from error


def ended_by(kernel: Kernel, seconds: float = 2.0) -> str | None:
    """The limit that ended a kernel whose bridge has closed, which is seen a moment before its supervisor says why."""
    until = time.monotonic() + seconds
    while kernel.alive() and time.monotonic() < until:
        time.sleep(0.01)
    return kernel.stopped_reason


class _Watch:
    """The messages of one request, until it is done, stopped or lost."""

    def __init__(
        self, kernel: Kernel, limits: Limits, deadline: float, room: int | None = None, latest: float = 0.0
    ) -> None:
        self.deadline, self._latest, self._since = deadline, latest, time.monotonic()
        self.put_off_s = 0.0
        self.collector = Collector(int(limits.output_bytes), int(limits.display_updates), room)
        self.replied = self.idle = False
        self._kernel = kernel
        self._limits = limits
        self._iopub, self._shell = kernel.client.iopub, kernel.client.shell
        self._next_look = 0.0

    def until_done(self, message: str) -> tuple[str | None, bool]:
        """Returns why the cell was stopped, None if it ended by itself, and whether the kernel is lost."""
        replied_at, before = 0.0, time.monotonic()
        while not (self.idle and self.replied):
            self.turn(message)
            now = time.monotonic()
            if now - before > STALLED_S:  # this process was stopped, or not given a turn: no time of the student's
                self._put_off(now - before)
            before = now
            if self.replied:
                replied_at = replied_at or now
                if now - replied_at > IDLE_GRACE_S:  # a flood may push the idle message out of the queue
                    break
            if self._dead(now):
                return self._kernel.stopped_reason or "died", True
            stop = "timeout" if self._is_late(now) else "output" if self._overflows() else None
            if stop:
                return stop, not self._interrupted(message)
        return None, False

    def _is_late(self, now: float) -> bool:
        """Whether the time is up. It is put off by the time in which the machine ran others."""
        if self.deadline < now < self._latest:
            owed = min(self._kernel.kept_waiting(), now - self._since)  # of what was waited before, nothing
            self._since = now
            if owed > OWED_S:
                self._put_off(min(owed, self._latest - self.deadline))
        return now > self.deadline

    def _put_off(self, seconds: float) -> None:
        self.deadline += seconds
        self.put_off_s += seconds

    def turn(self, message: str) -> None:
        """Takes the messages that are there, or waits for one a moment."""
        reply, shown = self._receive(self._shell), self._receive(self._iopub)
        if reply is None and shown is None:
            self._wait()
            return
        self.replied |= reply is not None and _parent(reply) == message
        for _ in range(200):
            if shown is None:
                break
            if _parent(shown) == message:
                self._take(shown)
            shown = self._receive(self._iopub)

    def _wait(self) -> None:
        channels = [channel for channel in (self._shell, self._iopub) if not channel.closed]
        if not select.select(channels, [], [], POLL_MS / 1000)[0] and not channels:
            time.sleep(POLL_MS / 1000)

    def _take(self, shown: Mapping[str, Any]) -> None:
        kind, content = shown.get("msg_type"), shown.get("content")
        if not isinstance(kind, str) or not isinstance(content, dict):
            return
        if kind == "status":
            self.idle |= content.get("execution_state") == "idle"
        else:
            self.collector.add(kind, content, shown["size"])

    def _receive(self, channel: Channel) -> dict[str, Any] | None:
        """The next message as plain data; an empty one stands for what was dropped, None for no message."""
        found = channel.receive()
        if found is None:
            return None
        if isinstance(found, Dropped):
            self.collector.drop(found.size)
            return {}
        size = sum(map(len, found))
        try:
            return {**self._kernel.client.read(found), "size": size}
        except Exception:  # any error here is the sender's doing: wrong signature, no JSON, missing or odd fields
            self.collector.drop(size)
            return {}

    def _dead(self, now: float) -> bool:
        if now < self._next_look:
            return False
        self._next_look = now + POLL_MS / 1000
        return not self._kernel.alive()

    def _overflows(self) -> bool:
        return (
            self.collector.seen_bytes > OVERFLOW * self._limits.output_bytes
            or self.collector.seen_displays > OVERFLOW * self._limits.display_updates
        )

    def _interrupted(self, message: str) -> bool:
        """Interrupts the cell; True if the kernel came back from it, and so keeps its state."""
        self._kernel.interrupt()
        give_up = time.monotonic() + INTERRUPT_GRACE_S
        while time.monotonic() < give_up:
            self.turn(message)
            if self.replied:
                return True
            if not self._kernel.alive():
                return False
        return False


def _parent(message: Mapping[str, Any]) -> str | None:
    header = message.get("parent_header")
    return header.get("msg_id") if isinstance(header, dict) else None
