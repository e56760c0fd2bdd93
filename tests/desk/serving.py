"""A desk served for real on a free port, in a thread of this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from autograder.course import Course
from autograder.desk.desk import Desk
from autograder.desk.door import Door
from autograder.desk.serve import LOOPBACK, address_of, door_at, listening, server_of
from tests.small.courses import at_home


@dataclass(frozen=True)
class Served:
    """A desk that is open: its class's folder, its door, the address with the token, and one below the door."""

    root: Path
    door: Door
    address: str

    @property
    def base(self) -> str:
        return self.address.split("?")[0].rstrip("/")

    def at(self, path: str) -> str:
        """The address of a page."""
        return f"{self.base}{path}"

    def session(self) -> requests.Session:
        """Somebody whom the token has let in, without a browser."""
        session = requests.Session()
        session.get(self.address, timeout=30).raise_for_status()
        session.headers["Origin"] = "/".join(self.address.split("/")[:3])
        return session


@contextmanager
def served(root: Path, passwords: dict[str, str] | None = None) -> Iterator[Served]:
    """The desk of a class's folder, which is the course's too, on a free port."""
    with at_home(root), closing(Desk.of(root, Course(root))) as desk, listening(LOOPBACK, 0) as sock:
        port = sock.getsockname()[1]
        door = door_at(LOOPBACK, port, passwords or {})
        server = server_of(desk, door)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        try:
            yield Served(root, door, address_of(door, LOOPBACK, port))
        finally:
            server.should_exit = True
            thread.join()
