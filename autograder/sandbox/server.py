"""The warm server: imports a runtime's libraries once and forks a kernel for each submission.

It passes the sockets on and never reads a request: what one student's kernel is told would else
remain in the memory that the next one is forked with.

Run as `python -I server.py --runtime NAME --control FD` with a clean environment, so that nothing of the
grader is in it. It runs no student code and holds no student's data. Over FD it is told to fork a kernel, or handed a
channel for one more process that may tell it so; it ends when the other ends of all of them are closed.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import os
import resource
import select
import shutil
import signal
import socket
import sys
import types
from pathlib import Path
from typing import Any

# Not the inline backend: at its import it hooks itself into the shell, which exists only after the fork.
_COMMON = """
    numpy numpy.random numpy.linalg numpy.fft numpy.lib.stride_tricks threadpoolctl PIL.Image
    matplotlib.pyplot matplotlib.backends.backend_agg""".split()
_TORCH = ["torch", "torch.nn", "torch.nn.functional", "torch.optim", "torch.utils.data", "torch._dynamo"]
_TENSORFLOW = ["tensorflow", "keras"]
_LIBRARIES: dict[str, list[str]] = {
    "numpy": [],
    "torch": _TORCH,
    "tensorflow": _TENSORFLOW,
    "torch+tensorflow": [*_TORCH, *_TENSORFLOW],
}


def _find_the_room() -> None:
    """Makes `autograder.sandbox` importable without `autograder/__init__.py`, which is the grader's."""
    package = types.ModuleType("autograder")
    package.__path__ = [str(Path(__file__).resolve().parent.parent)]
    sys.modules["autograder"] = package


class _Absent:
    """An attribute that is not there, whatever the classes below have."""

    def __get__(self, instance: object, owner: type) -> Any:
        raise AttributeError("sendmsg is refused while grading; send and sendall work")


def _hide_sendmsg() -> None:
    """Kernels may not call it, since it sends descriptors along. At its import asyncio asks whether it is there, and
    takes `send` where it is not."""
    socket.socket.sendmsg = _Absent()  # type: ignore[method-assign,assignment]


def _warm_up(runtime: str, forbidden: tuple[str, ...]) -> None:
    gc.disable()  # what is imported stays: to look through it again and again is a tenth of the time
    for name in (*_COMMON, *_LIBRARIES[runtime]):
        importlib.import_module(name)
    importlib.import_module("autograder.sandbox.kernel").warm_up(forbidden)
    gc.collect()
    gc.freeze()
    gc.enable()
    importlib.import_module("autograder.sandbox.hugepages").collapse()


def _serve(first: socket.socket, facts: dict[str, Any]) -> None:
    from autograder.sandbox import channel

    clients, poll = {first.fileno(): first}, select.poll()
    poll.register(first, select.POLLIN)
    while clients:
        for number, _ in poll.poll():
            message, descriptors = channel.receive(clients[number], descriptors=2)
            if message is None:
                poll.unregister(number)
                clients.pop(number).close()
            elif message["do"] == "fork":
                _fork(descriptors)
            else:
                joined = socket.socket(fileno=descriptors[0])
                with contextlib.suppress(OSError):  # it has gone again: seen at the next look
                    channel.send(joined, facts)
                clients[joined.fileno()] = joined
                poll.register(joined, select.POLLIN)


def _fork(descriptors: list[int]) -> None:
    """A supervisor, which forks the kernel, with the ends of its channel and of the bridge."""
    from autograder.sandbox import channel, supervisor

    try:
        child = os.fork()
    except OSError:  # who asked for it sees that nobody holds the other end
        child = -1
    if child == 0:
        channel.close_all_except(set(descriptors))
        supervisor.supervise(socket.socket(fileno=descriptors[0]), descriptors[1])
    for descriptor in descriptors:
        os.close(descriptor)


def main() -> None:
    """Starts the server; returns when the grader is gone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runtime", choices=sorted(_LIBRARIES), required=True)
    parser.add_argument("--control", type=int, required=True, help="descriptor of the socket to the grader")
    parser.add_argument("--forbidden", nargs="*", default=[], help="libraries that kernels will do without")
    arguments = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))  # what bounds the grader while it judges is not ours
    _find_the_room()
    _hide_sendmsg()
    from autograder.sandbox import channel, gpu

    control = socket.socket(fileno=arguments.control)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _warm_up(arguments.runtime, tuple(arguments.forbidden))
    # Nobody waits for a supervisor. Only now: what is tried while warming up says by its exit code what came of it.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    threads = len(os.listdir("/proc/self/task"))
    facts: dict[str, Any] = {"event": "warm", "threads": threads, "gpu_files": gpu.opened_files()}
    channel.send(control, facts)
    _serve(control, facts)
    shutil.rmtree(os.environ["HOME"], ignore_errors=True)  # the grader's part, which it may not have lived to do


if __name__ == "__main__":
    main()
