"""A Jupyter kernel's channels, read over Unix sockets without ZeroMQ: nothing is held that was not asked for.

ZeroMQ reads ahead, in a thread of its own, whatever a peer sends: a message of many parts has no bound there. This is
the part of its protocol (ZMTP 3.0, https://rfc.zeromq.org/spec/23/, without security) that two channels need, with
every size looked at before the bytes are.
"""

from __future__ import annotations

import queue
import select
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_client.session import Session

LARGEST_MESSAGE = 8_000_000  # bytes in all its parts; a larger one is dropped while it comes
_LARGEST_HEADER = 64_000  # bytes of a message's part about itself, in which every text is looked at for a date
_RECEIVED = 1 << 18
_PARTS = 64
_LARGEST_COMMAND = 4096
_GREETING = b"\xff" + bytes(8) + b"\x7f" + bytes((3, 0)) + b"NULL".ljust(20, b"\0") + bytes(32)
_MORE, _LONG, _COMMAND = 1, 2, 4
_PATIENCE_S = 10.0


class ChannelError(ConnectionError):
    """The other end does not speak the protocol, or not in time."""


@dataclass(frozen=True)
class Dropped:
    """Bytes that came and were thrown away, since their message is too large; more of it may follow."""

    size: int


class Channel:
    """One channel to a kernel: `kind` is DEALER (requests and their replies) or SUB (what the kernel publishes).

    Raises OSError where there is no kernel behind `path`.
    """

    def __init__(self, path: str, kind: str, *, largest: int = LARGEST_MESSAGE) -> None:
        self._largest = largest
        self._came = bytearray()
        self._parts: list[bytes] = []
        self._size = 0  # of the message that is under way
        self._skip = 0  # bytes that are still to be thrown away
        self._dropping = False  # whether the rest of the message that is under way is thrown away
        self.closed = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.settimeout(_PATIENCE_S)
            self._socket.connect(path)
            self._shake_hands(kind)
            self._socket.setblocking(False)
        except BaseException:
            self._socket.close()
            raise

    def fileno(self) -> int:
        """For `select`; messages may wait here although the socket has none, so ask `receive` first."""
        return self._socket.fileno()

    def close(self) -> None:
        """Ends the connection."""
        self.closed = True
        self._socket.close()

    def send(self, parts: Sequence[bytes]) -> None:
        """Sends a message of these parts. Raises OSError where the kernel is gone, or does not read."""
        last = len(parts) - 1
        frames = (_frame(bytes(part), 0 if number == last else _MORE) for number, part in enumerate(parts))
        view, until = memoryview(b"".join(frames)), time.monotonic() + _PATIENCE_S
        while view:
            try:
                view = view[self._socket.send(view) :]
            except BlockingIOError:
                if not select.select([], [self._socket], [], max(0.0, until - time.monotonic()))[1]:
                    raise TimeoutError("the kernel does not read its requests") from None

    def receive(self) -> list[bytes] | Dropped | None:
        """The parts of the next message; `Dropped` for a piece of one that is too large; None where none waits."""
        if self._skip:
            return self._skipped()
        while (head := self._head()) is not None:
            flags, start, size = head
            if flags & _COMMAND or self._is_too_much(size):
                return self._begin_to_skip(flags, start, size)
            if len(self._came) < start + size:
                if not self._fill():
                    return None
                continue
            self._parts.append(self._take(start, size))
            self._size += size
            if not flags & _MORE:
                parts, self._parts, self._size = self._parts, [], 0
                return parts
        return None

    def _is_too_much(self, size: int) -> bool:
        return self._dropping or self._size + size > self._largest or len(self._parts) >= _PARTS

    def _begin_to_skip(self, flags: int, start: int, size: int) -> Dropped:
        """Throws away a command, or a part of a message that is too large, with what came of the message before."""
        del self._came[:start]
        self._skip = size
        if not flags & _COMMAND:
            self._parts.clear()
            self._size, self._dropping = 0, bool(flags & _MORE)
        return Dropped(start)

    def _skipped(self) -> Dropped | None:
        """Throws away what has come of it; a piece at a time, so that whoever reads can count and stop."""
        if not self._came and not self._fill():
            return None
        size = min(self._skip, len(self._came))
        del self._came[:size]
        self._skip -= size
        return Dropped(size)

    def _head(self) -> tuple[int, int, int] | None:
        """(flags, where the data starts, their size) of the next frame; None while its head has not come."""
        while len(self._came) < 2 or (self._came[0] & _LONG and len(self._came) < 9):
            if not self._fill():
                return None
        flags = self._came[0]
        if flags & _LONG:
            return flags, 9, struct.unpack_from("!Q", self._came, 1)[0]
        return flags, 2, self._came[1]

    def _take(self, start: int, size: int) -> bytes:
        data = bytes(memoryview(self._came)[start : start + size])
        del self._came[: start + size]
        return data

    def _fill(self) -> bool:
        """Reads what has come; False where nothing has, or nothing will."""
        if self.closed:
            return False
        try:
            came = self._socket.recv(_RECEIVED)
        except BlockingIOError:
            return False
        except ConnectionError:
            came = b""
        if not came:
            self.close()
            return False
        self._came += came
        return True

    def _shake_hands(self, kind: str) -> None:
        self._socket.sendall(_GREETING)
        self._await(len(_GREETING))
        greeting = self._take(0, len(_GREETING))
        if greeting[0] != 0xFF or greeting[9] != 0x7F or greeting[10] < 3 or greeting[12:16] != b"NULL":
            raise ChannelError("no greeting of ZMTP 3")
        ready = b"\x05READY" + _property(b"Socket-Type", kind.encode()) + _property(b"Identity", b"")
        self._socket.sendall(_frame(ready, _COMMAND))
        head = self._head()
        if head is None or not head[0] & _COMMAND or head[2] > _LARGEST_COMMAND:
            raise ChannelError("the kernel is not ready for its channels")
        self._await(head[1] + head[2])
        if not self._take(*head[1:]).startswith(b"\x05READY"):
            raise ChannelError("the kernel refuses its channels")
        if kind == "SUB":
            self._socket.sendall(_frame(b"\x01", 0))  # to everything

    def _await(self, size: int) -> None:
        while len(self._came) < size:
            if not self._fill():
                raise ChannelError("the kernel closed its channel")


def _frame(data: bytes, flags: int) -> bytes:
    if len(data) < 256:
        return bytes((flags, len(data))) + data
    return struct.pack("!BQ", flags | _LONG, len(data)) + data


def _property(name: bytes, value: bytes) -> bytes:
    return bytes((len(name),)) + name + struct.pack("!I", len(value)) + value


class KernelClient:
    """The grader's side of a kernel's shell and iopub channels. The others are not connected, so nothing waits there.

    `connection` is Jupyter's connection info. `shell` and `iopub` are the channels, `session` signs and reads messages.
    """

    def __init__(self, connection: Mapping[str, Any]) -> None:
        self.session = Session(key=str(connection["key"]).encode(), signature_scheme=connection["signature_scheme"])
        self.shell = Channel(f"{connection['ip']}-{connection['shell_port']}", "DEALER")
        try:
            self.iopub = Channel(f"{connection['ip']}-{connection['iopub_port']}", "SUB")
        except BaseException:
            self.shell.close()
            raise

    def request(self, kind: str, content: Mapping[str, Any] | None = None) -> str:
        """Sends a request on the shell channel; returns its message's id. Raises OSError where the kernel is gone."""
        message = self.session.msg(kind, dict(content or {}))
        self.shell.send(self.session.serialize(message))
        return str(message["header"]["msg_id"])

    def execute(self, code: str, *, store_history: bool = True, stop_on_error: bool = True) -> str:
        """Asks the kernel to run a cell; returns the request's id. Nobody answers `input()`."""
        content = {"code": code, "silent": False, "store_history": store_history, "user_expressions": {}}
        return self.request("execute_request", {**content, "allow_stdin": False, "stop_on_error": stop_on_error})

    def read(self, parts: list[bytes]) -> dict[str, Any]:
        """A message as plain data. Raises an exception of any kind for one that is not signed, or is none."""
        _, signed = self.session.feed_identities(parts)
        for about in signed[1:3]:  # behind the signature: the header, and that of the request
            if len(about) > _LARGEST_HEADER:
                raise ValueError(f"a header of {len(about)} bytes")
        return self.session.deserialize(signed)

    def get_iopub_msg(self, timeout: float) -> dict[str, Any]:
        """The next message that the kernel publishes. Raises `queue.Empty` where none comes in time."""
        return self._next(self.iopub, timeout)

    def get_shell_msg(self, timeout: float) -> dict[str, Any]:
        """The next reply. Raises `queue.Empty` where none comes in time."""
        return self._next(self.shell, timeout)

    def _next(self, channel: Channel, timeout: float) -> dict[str, Any]:
        until = time.monotonic() + timeout
        while True:
            found = channel.receive()
            if isinstance(found, list):
                return self.read(found)
            if found is None and (channel.closed or not select.select([channel], [], [], _left(until))[0]):
                raise queue.Empty
            if time.monotonic() > until:
                raise queue.Empty

    def close(self) -> None:
        """Ends both connections."""
        self.shell.close()
        self.iopub.close()


def _left(until: float) -> float:
    return max(0.0, until - time.monotonic())
