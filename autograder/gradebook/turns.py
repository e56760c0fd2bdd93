"""One run writes to a gradebook at a time; the others wait for their turn.

Databases keep transactions apart, but nbgrader's API first looks for a row and then adds it, so that two runs that look
at once add it twice, and one of them fails.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from autograder import files
from autograder.faults import of_os_error
from autograder.gradebook.address import Address

STATE = ".autograder"
LOCK = "gradebook.lock"
_KEY = 0x636E6E67  # of PostgreSQL's lock, for runs in course folders that share a database


class Turns:
    """Takes turns at a gradebook, over the runs in one course folder, and over all runs where a PostgreSQL server keeps
    it. Not to be asked for again while it is held."""

    def __init__(self, address: Address, course_dir: Path) -> None:
        self._path = course_dir / STATE / LOCK
        self._server = create_engine(address.url, pool_size=1) if address.url.startswith("postgresql") else None

    @contextmanager
    def mine(self) -> Iterator[None]:
        """Waits for the turn, and has it until the end of the block."""
        try:
            files.make_folder(self._path.parent)
            lock = _opened(self._path)
        except OSError as error:
            raise of_os_error(error, self._path) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with self._mine_there():
                yield
        finally:
            os.close(lock)

    @contextmanager
    def _mine_there(self) -> Iterator[None]:
        if self._server is None:
            yield
            return
        with self._server.connect() as connection, connection.begin():
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _KEY})
            yield

    def close(self) -> None:
        """Closes the connection to the server."""
        if self._server is not None:
            self._server.dispose()


def _opened(path: Path) -> int:
    """The lock's file, made where there is none, for the folder's group too where it is shared."""
    try:
        return os.open(path, os.O_RDWR)
    except FileNotFoundError:
        lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        if os.fstat(lock).st_uid == os.geteuid():
            os.fchmod(lock, files.for_group(path.parent, 0o600))
        return lock
