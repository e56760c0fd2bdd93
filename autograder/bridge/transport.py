"""Two ways to reach a notebook's namespace: an agent in this process, or one behind the sandbox's socket."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from ..sandbox import wire
from ..sandbox.agent import Agent
from ..sandbox.usage import Usage
from .here import Here

RECEIVED = 1 << 18  # bytes at a time
REPLY = wire.Caps(payload_bytes=128_000_000)
BUSY = 8  # times its own that a cell or a request may take, of which the machine gave most to others
OWED_S = 0.05  # less than this is no reason to wait for longer


class BridgeFailure(BaseException):
    """The kernel cannot be asked any more. Not an Exception: neither a check nor Hypothesis may swallow it."""

    reason = "died"


class BridgeTimeout(BridgeFailure):
    """No answer within the time allowed."""

    reason = "timeout"


class BridgeClosed(BridgeFailure):
    """The kernel ended, or closed its side."""


class BridgeProtocolError(BridgeFailure):
    """The kernel sent what no answer may look like."""

    reason = "malformed"


class BridgeTraffic(BridgeFailure):
    """More bytes crossed than the task may send."""

    reason = "output"


class BridgeInterrupted(BridgeFailure):
    """Whoever sits before the notebook stopped it, or its time was up."""

    reason = "interrupted"


class Transport(Protocol):
    def request(self, header: dict[str, Any], payload: bytes | bytearray) -> tuple[dict[str, Any], bytes | bytearray]:
        """Sends one request, returns the header and the payload of its reply."""
        ...

    def usage(self, *, anew: bool = False) -> Usage:
        """CPU time and peak memory of where the notebook's names live, measured from outside where that is a kernel.

        anew: a peak begins now, where it is this process; a kernel's is that of its whole life.
        """
        ...

    def fresh(self, tasks: Sequence[str]) -> AbstractContextManager[Transport]:
        """A way to a kernel of its own in which only the cells of these tasks ran, and those of no task."""
        ...


class LocalTransport:
    """Asks an agent in the same process: the student's own notebook, where there is no sandbox.

    A KeyboardInterrupt in the notebook's code is whoever stops this process: no answer of that code, it is raised here
    as it is; interruptible: as `BridgeInterrupted`.
    """

    def __init__(self, namespace: dict[str, Any], *, interruptible: bool = False) -> None:
        self._interruptible = interruptible
        self._agent = Agent(namespace, quiet=True)
        self._here = Here()
        self._number = 0

    def request(self, header: dict[str, Any], payload: bytes | bytearray) -> tuple[dict[str, Any], bytes]:
        self._number += 1
        reply, data = self._agent.answer({**header, "id": self._number}, payload)
        raised = reply.get("raised", {})
        if "KeyboardInterrupt" in raised.get("bases", ()):
            if self._interruptible:
                raise BridgeInterrupted("the notebook was interrupted")
            raise KeyboardInterrupt(raised["text"])
        return reply, bytes(data)

    def usage(self, *, anew: bool = False) -> Usage:
        """What this process has used."""
        if anew:
            self._here.begin()
        return self._here.usage()

    @contextmanager
    def fresh(self, tasks: Sequence[str]) -> Iterator[Transport]:
        """This notebook as it is, or an empty one where no task is asked for: there is no other process here."""
        yield self if tasks else LocalTransport({})


class SocketTransport:
    """Asks the agent at the other end of a socket, trusting nothing that comes back.

    seconds: wall time allowed for one request.
    total_seconds: wall time allowed for all requests together, None for no bound.
    total_bytes: bytes that the kernel may send in all, None for no bound.
    on_timeout: called once when a request runs out of time, for instance to interrupt the kernel; the reply may
        then come within `grace` seconds and is dropped, which keeps the connection in step.
    kept_waiting: seconds in which the machine ran others instead of the kernel since this was last asked; a request
        that has run out of time gets them, up to the time of all requests together.
    usage, fresh: what `Transport` says of them; asked of whoever started the kernel.
    """

    def __init__(
        self,
        connection: socket.socket,
        *,
        seconds: float = 30.0,
        total_seconds: float | None = None,
        total_bytes: int | None = None,
        caps: wire.Caps | None = None,
        on_timeout: Callable[[], None] | None = None,
        kept_waiting: Callable[[], float] | None = None,
        grace: float = 1.0,
        usage: Callable[[], Usage] | None = None,
        fresh: Callable[[Sequence[str]], AbstractContextManager[Transport]] | None = None,
    ) -> None:
        self._socket = connection
        self._seconds = seconds
        self._until = None if total_seconds is None else time.monotonic() + total_seconds
        self._bytes_left = total_bytes
        self._caps = caps or REPLY
        self._on_timeout = on_timeout
        self._kept_waiting, self._put_off, self._waits_since = kept_waiting, 0.0, 0.0
        self._grace = grace
        self._usage, self._fresh = usage, fresh
        self._number = 0
        self.usable = True
        self.dropped: list[str] = []
        self._came = bytearray()
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(connection, select.POLLIN)
        self._writable.register(connection, select.POLLOUT)
        connection.setblocking(False)

    def request(self, header: dict[str, Any], payload: bytes | bytearray) -> tuple[dict[str, Any], bytes | bytearray]:
        if not self.usable:
            raise BridgeClosed("the connection to the notebook is closed")
        self._number += 1
        self._put_off, self._waits_since = 0.0, time.monotonic()
        steps = len(header.get("requests", ()))
        deadline = self._deadline(steps)
        try:
            self._send(wire.pack({**header, "id": self._number}, payload), deadline)
            return self._receive(deadline, steps)
        except BridgeTimeout:
            self._recover()
            raise
        except wire.MalformedMessage as error:
            self.usable = False
            raise BridgeProtocolError(str(error)) from None
        except OSError as error:
            self.usable = False
            raise BridgeClosed("the notebook's kernel ended") from error
        except BridgeFailure:
            self.usable = False
            raise

    def usage(self, *, anew: bool = False) -> Usage:
        """What the kernel has used. Raises RuntimeError for a connection that was made without."""
        if self._usage is None:
            raise RuntimeError("nobody measures this notebook's kernel")
        return self._usage()

    def fresh(self, tasks: Sequence[str]) -> AbstractContextManager[Transport]:
        """A fresh kernel. Raises RuntimeError for a connection that was made without."""
        if self._fresh is None:
            raise RuntimeError("nobody starts another kernel for this notebook")
        return self._fresh(tasks)

    def close(self, seconds: float = 2.0) -> bool:
        """Tells the agent to stop serving; True when it said so in time."""
        if not self.usable:
            return False
        self._seconds, self._until = seconds, None
        try:
            self.request({"op": "close"}, b"")
        except BridgeFailure:
            self.usable = False
            return False
        return True

    def _deadline(self, steps: int) -> float:
        """Until when the next frame has to come; between those of several requests there may be one that took long, and
        short ones before it."""
        return time.monotonic() + self._seconds + (wire.PROGRESS_S if steps else 0.0)

    def _receive(self, deadline: float, steps: int = 0) -> tuple[dict[str, Any], bytearray]:
        """The reply to the latest request; replies to no question are dropped and recorded, a few at the most.

        steps: how many requests the latest was made of. Each has its time, which begins anew when one more is done.
        """
        done = 0
        for _ in range(16 + steps):
            json_length, payload_length = wire.unpack_prefix(self._read(wire.HEADER.size, deadline), self._caps)
            self._count(json_length + payload_length)
            header = wire.parse_header(self._read(json_length, deadline))
            payload = self._read(payload_length, deadline)
            number = header.get("id")
            if type(number) is int and number == self._number:
                now_done = header.get("done")
                if now_done is None:
                    return header, payload
                if type(now_done) is int and done < now_done < steps:
                    done, deadline, self._put_off = now_done, self._deadline(steps), 0.0
                    continue
            self.dropped.append("a reply to no open question")
        raise BridgeProtocolError("replies that nobody asked for")

    def _count(self, size: int) -> None:
        if self._bytes_left is not None:
            self._bytes_left -= size
            if self._bytes_left < 0:
                raise BridgeTraffic("more bytes than the task may send")

    def _recover(self) -> None:
        """After a timeout: interrupt, then wait a moment for the late reply, so that the next request can go on."""
        self.usable = False
        if self._on_timeout is None:
            return
        self._put_off = 0.0
        self._on_timeout()
        try:
            self._receive(time.monotonic() + self._grace)
        except (BridgeFailure, wire.MalformedMessage, OSError):
            self.dropped.append("no late reply")
        else:
            self.usable = True

    def _send(self, frame: bytes, deadline: float) -> None:
        view = memoryview(frame)
        while view:
            try:
                view = view[self._socket.send(view) :]
            except BlockingIOError:
                self._wait(self._writable, deadline)

    def _read(self, size: int, deadline: float) -> bytearray:
        """The next `size` bytes. What came is kept, so that a small message is one system call, and a huge announced
        length allocates nothing."""
        while len(self._came) < size:
            self._wait(self._readable, deadline)
            try:
                part = self._socket.recv(RECEIVED)
            except BlockingIOError:
                continue
            if not part:
                raise BridgeClosed("the notebook's kernel ended")
            self._came += part
        if len(self._came) == size:  # a large payload is held once
            data, self._came = self._came, bytearray()
            return data
        data = self._came[:size]
        del self._came[:size]
        return data

    def _wait(self, event: select.poll, deadline: float) -> None:
        while True:
            left = self._ends(deadline) - time.monotonic()
            if left <= 0 and not self._is_owed_more():
                raise BridgeTimeout("no answer within the time allowed")
            if left > 0 and event.poll(max(1, int(left * 1000))):
                return

    def _ends(self, deadline: float) -> float:
        """When a deadline is there: put off, and within the time of all requests together."""
        ends = deadline + self._put_off
        return ends if self._until is None else min(ends, self._until)

    def _is_owed_more(self) -> bool:
        """Whether the deadline is put off once more, by the time in which the machine ran others."""
        most = (BUSY - 1) * self._seconds - self._put_off
        if self._kept_waiting is None or most <= 0 or self._is_over():
            return False
        now = time.monotonic()
        owed = min(self._kept_waiting(), most, now - self._waits_since)  # of what was waited before, nothing
        self._waits_since = now
        self._put_off += owed
        return owed > OWED_S

    def _is_over(self) -> bool:
        return self._until is not None and time.monotonic() >= self._until
