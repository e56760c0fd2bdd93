"""A PostgreSQL server for the tests: of the installed programs, on loopback, in a folder that goes with it."""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

USER = "gradebook"


def programs() -> Path | None:
    """The folder with `pg_ctl` and `initdb`; None where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    on_path = shutil.which("pg_ctl")
    return found[-1].parent if found else Path(on_path).resolve().parent if on_path else None


def _free_port() -> int:
    """A port that nobody has, and that nobody is given while the server is stopped: those lie above 32,768."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as tried, contextlib.suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port
    raise OSError("none of 100 ports is free")


class Server:
    """One server. It refuses to run as root, so there it runs as Debian's user for it."""

    def __init__(self, folder: Path) -> None:
        bin_folder = programs()
        assert bin_folder is not None
        self._bin, self._data = bin_folder, folder / "data"
        self.port = _free_port()
        folder.mkdir(parents=True)
        if os.geteuid() == 0:
            about = pwd.getpwnam("postgres")
            os.chown(folder, about.pw_uid, about.pw_gid)
        self._run("initdb", "-D", self._data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")

    def _run(self, program: str, *words: object) -> None:
        user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        command = [str(self._bin / program), *map(str, words)]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, stdin=subprocess.DEVNULL, **user)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        self._run("pg_ctl", "-D", self._data, "-w", "-t", 300, "-l", self._data / "log", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "fast", "-w", "-t", 300, "stop")

    def new_database(self, name: str) -> str:
        """Makes a database; returns its URL."""
        self._run("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", USER, name)
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"


@contextlib.contextmanager
def running_server() -> Iterator[Server]:
    """A server that runs. Its folder is not pytest's, which is closed to other users at every start of pytest."""
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder:
        os.chmod(folder, 0o711)
        server = Server(Path(folder, "server"))
        server.start()
        try:
            yield server
        finally:
            server.stop()
