"""The grader's channels to a kernel hold what is asked for, whatever the other end sends."""

from __future__ import annotations

import os
import select
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import zmq

from autograder.sandbox.zmtp import _GREETING, Channel, ChannelError, Dropped, _frame, _property

READY = _frame(b"\x05READY" + _property(b"Socket-Type", b"XPUB"), 4)
MORE, LAST = 1, 0


@contextmanager
def other_end(path: Path, behave: Callable[[socket.socket], None]) -> Iterator[Channel]:
    """A channel to an end that shakes hands and then does what pleases it."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()

    def run() -> None:
        end, _ = server.accept()
        with end:
            try:
                end.sendall(_GREETING + READY)
                behave(end)
                end.shutdown(socket.SHUT_WR)
                while end.recv(1 << 16):  # until the channel is closed
                    continue
            except OSError:
                return

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    channel = Channel(str(path), "SUB", largest=1_000_000)
    try:
        yield channel
    finally:
        channel.close()
        server.close()
        thread.join(10)
        assert not thread.is_alive()


def received(channel: Channel, seconds: float = 5.0) -> tuple[list[list[bytes]], int]:
    """All whole messages until the end or a second's silence, and how many bytes were dropped."""
    messages, dropped, until = [], 0, time.monotonic() + seconds
    while time.monotonic() < until:
        found = channel.receive()
        if isinstance(found, list):
            messages.append(found)
        elif isinstance(found, Dropped):
            dropped += found.size
        elif channel.closed or not select.select([channel], [], [], 1)[0]:
            break
    return messages, dropped


WAYS = {
    "a part without end": lambda end: [end.sendall(_frame(b"x", MORE)[:0] + b"\x02" + b"\xff" * 8)]
    + [end.sendall(bytes(1 << 20)) for _ in range(100)],
    "a message without end": lambda end: [end.sendall(_frame(bytes(1 << 18), MORE)) for _ in range(400)],
    "parts without content": lambda end: [end.sendall(_frame(b"", MORE) * 10_000) for _ in range(50)],
    "large messages one after the other": lambda end: [end.sendall(_frame(bytes(2 << 20), LAST)) for _ in range(50)],
    "a command without end": lambda end: [end.sendall(b"\x06" + b"\xff" * 8)]
    + [end.sendall(bytes(1 << 20)) for _ in range(100)],
}


@pytest.mark.parametrize("way", WAYS)
def test_too_much_is_dropped_while_it_comes(tmp_path, way):
    tracemalloc.start()
    with other_end(tmp_path / "k", WAYS[way]) as channel:
        messages, dropped = received(channel)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert messages == [] and dropped > 100_000
    assert peak < 12_000_000  # the other end's own buffers among them


def test_what_follows_a_message_that_was_dropped_is_read(tmp_path):
    def behave(end: socket.socket) -> None:
        end.sendall(_frame(b"a", MORE) + _frame(bytes(2 << 20), MORE) + _frame(b"", LAST))
        end.sendall(_frame(b"b", MORE) + _frame(b"c", LAST) + b"\x04\x05\x04PING" + _frame(b"d", LAST))

    with other_end(tmp_path / "k", behave) as channel:
        messages, dropped = received(channel)
    assert messages == [[b"b", b"c"], [b"d"]] and dropped > 2 << 20


@pytest.mark.parametrize("first", [b"HTTP/1.1 200 OK".ljust(64), b"\xff" * 64, _GREETING[:10] + b"\x02" * 54])
def test_another_protocol_is_an_error(tmp_path, first):
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "k"))
    server.listen()
    threading.Thread(target=lambda: server.accept()[0].sendall(first), daemon=True).start()
    with pytest.raises((ChannelError, ConnectionError)):
        Channel(str(tmp_path / "k"), "SUB")
    server.close()


def test_random_bytes_after_the_greeting_end_nothing(tmp_path):
    for number in range(20):
        with other_end(tmp_path / str(number), lambda end: end.sendall(os.urandom(5000))) as channel:
            received(channel)


def test_zeromq_understands_it(tmp_path):
    context = zmq.Context()
    replies, news = context.socket(zmq.ROUTER), context.socket(zmq.XPUB)
    replies.bind(f"ipc://{tmp_path}/r")
    news.bind(f"ipc://{tmp_path}/n")
    shell, iopub = Channel(f"{tmp_path}/r", "DEALER"), Channel(f"{tmp_path}/n", "SUB")
    assert news.recv() == b"\x01"
    shell.send([b"", b"a question", bytes(300)])
    identity, *parts = replies.recv_multipart()
    assert parts == [b"", b"a question", bytes(300)]
    replies.send_multipart([identity, b"an answer", bytes(70_000)])
    news.send_multipart([b"x", b"y"])
    assert received(shell, 2)[0] == [[b"an answer", bytes(70_000)]]
    assert received(iopub, 2)[0] == [[b"x", b"y"]]
    context.destroy(linger=0)
    assert received(shell, 2) == ([], 0) and shell.closed
    iopub.close()


@pytest.mark.parametrize("part", ["header", "parent_header"])
def test_a_message_that_says_too_much_of_itself_is_not_read(kernel, part):
    """Every text there is looked at for a date, which takes seconds where they are many."""
    session = kernel.client.session
    message = session.msg("stream", {"name": "stdout", "text": "x" * 1_000_000})
    assert kernel.client.read(session.serialize(message))["content"] == message["content"]
    message = session.msg("stream", {"name": "stdout", "text": "x"})
    message[part] = {**message["header"], "dates": ["2024-01-01T00:00:00.123456Z"] * 10_000}
    with pytest.raises(ValueError, match="a header of"):
        kernel.client.read(session.serialize(message))
