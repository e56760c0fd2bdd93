"""Short messages between the grader, the warm server and the supervisors: JSON, one a packet.

Only trusted code holds an end of these channels. The grader reads them nevertheless as data: JSON and nothing
else.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from typing import Any

_LARGEST = 1 << 17


def pair() -> tuple[socket.socket, socket.socket]:
    """Two connected ends. Packets keep their borders, and the end of one side is seen on the other."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(end: socket.socket, message: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
    """Sends one message. Raises BrokenPipeError or ConnectionResetError where the other side is gone."""
    packet = json.dumps(message).encode()
    if len(packet) > _LARGEST:
        raise ValueError(f"a message of {len(packet)} bytes is longer than {_LARGEST}")
    if descriptors:
        socket.send_fds(end, [packet], list(descriptors))
    else:
        end.send(packet)


def receive(end: socket.socket, descriptors: int = 0) -> tuple[dict[str, Any] | None, list[int]]:
    """The next message and the descriptors that came with it; (None, []) once the other side is gone."""
    try:
        packet, received, _, _ = socket.recv_fds(end, _LARGEST, descriptors)
    except ConnectionResetError:
        return None, []
    if not packet:
        return None, received
    return json.loads(packet), received


def close_all_except(keep: set[int]) -> None:
    """Closes every descriptor above 2 that is not in `keep`."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) not in keep:
            with contextlib.suppress(OSError):  # the one that listed the folder is closed already
                os.close(int(name))
