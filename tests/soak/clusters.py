"""A Dask cluster that loses its workers, all of them at once, and its scheduler, while it grades a class."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.small.courses import lay_out_package
from tests.small.grade_small import grade
from tests.small.killing import REPOSITORY, done, ended, start_command, wait_for
from tests.small.small_class import differing, small_class, state_of

WORKERS = 2


class Cluster:
    """A scheduler and its workers, each in a process group of its own, on this machine. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._folder = folder
        self._running: dict[str, list[subprocess.Popen[bytes]]] = {"scheduler": [], "worker": []}

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self._port}"

    def __enter__(self) -> Cluster:
        self.fill_up()
        return self

    def __exit__(self, *exception: object) -> None:
        for kind in self._running:
            self.kill(kind)

    def fill_up(self) -> None:
        """Starts what is missing."""
        if not self._running["scheduler"]:
            where = ("--host", "127.0.0.1", "--port", str(self._port))
            self._start("scheduler", *where, "--no-dashboard", "--no-show")
        while len(self._running["worker"]) < WORKERS:
            self._start("worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard")

    def _start(self, kind: str, *words: str) -> None:
        command = [sys.executable, "-m", "dask", kind, *words]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._running[kind].append(
            subprocess.Popen(command, cwd=REPOSITORY, start_new_session=True, **quiet,
                             env={**os.environ, "PYTHONPATH": str(REPOSITORY), "TMPDIR": str(self._folder)})
        )  # fmt: skip

    def kill(self, kind: str, count: int | None = None) -> None:
        """Kills the scheduler, or so many of the workers, by default all."""
        for process in self._running[kind][:count]:
            process.send_signal(signal.SIGKILL)
            process.wait()
        del self._running[kind][:count]


def run(kills: int, students: int) -> str:
    """A class graded on a cluster that loses workers, all of them, and the scheduler ends as one graded here."""
    rng, killed = random.Random(kills), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        calm, root, temporary = (Path(folder, name) for name in ("calm", "killed", "tmp"))
        temporary.mkdir()
        small_class(calm, students)
        grade(calm)
        for part in ("solutions", "assignments", "submitted"):
            shutil.copytree(calm / part, root / part)
        lay_out_package(root)
        (root / ".autograder").mkdir(mode=0o700)
        shutil.copy(calm / ".autograder" / "secret", root / ".autograder")
        with Cluster(temporary) as cluster:
            command = start_command(root, cluster.address)
            while True:
                before = done(root)
                wait_for(lambda at=before: done(root) > at, command)
                if command.poll() is not None:
                    if ended(command) == 0:
                        break
                    command = start_command(root, cluster.address)
                elif killed.total() < kills:
                    kind, count = rng.choice((("worker", 1), ("worker", WORKERS), ("scheduler", 1)))
                    cluster.kill(kind, count)
                    killed["all workers" if count == WORKERS else f"a {kind}"] += 1
                    if kind == "scheduler":  # workers end without one, and so does the run, which says so
                        assert ended(command) == 1
                        cluster.kill("worker")
                        cluster.fill_up()
                        command = start_command(root, cluster.address)
                    cluster.fill_up()
        unlike = differing(state_of(root), state_of(calm))
        assert not unlike, f"{len(unlike)} not as in the class that was graded here: {unlike[:5]}"
    listed = ", ".join(f"{kind} {number} times" for kind, number in killed.most_common())
    return f"{students} submissions on a cluster that lost {listed} equal a class graded here"
