"""Seconds that nbgrader's formgrader takes for its pages, in a Jupyter server of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from nbgrader.api import Gradebook
from requests.adapters import HTTPAdapter, Retry

from autograder.course import Course
from tests.bench.table import Measured

ROUNDS = 3


def pages_of(folder: Path, name: str, size: int) -> list[Measured]:
    """Seconds that the formgrader takes for its list of submissions and for one of them, in a server of its own."""
    rows = [Measured(f"the list of {size} submissions"), Measured(f"one of {size} submissions")]
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "cnn") as gradebook:
        notebook = gradebook.find_submission_notebook(name, name, "s00000").id
    with formgrader(folder) as get:
        for _ in range(ROUNDS):
            for row, page in zip(rows, (f"api/submissions/{name}", f"submissions/{notebook}/"), strict=True):
                started = time.perf_counter()
                answer = get(page)
                row.add(time.perf_counter() - started)
                if row is rows[0] and len(answer.json()) != size:
                    raise RuntimeError("the formgrader lists other submissions than were graded")
    return rows


@contextmanager
def formgrader(folder: Path) -> Iterator[Callable[[str], requests.Response]]:
    """nbgrader's formgrader for a course folder: a function that gets its pages."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", f"--port={port}", "--ip=127.0.0.1",
        "--ServerApp.port_retries=0", "--IdentityProvider.token=",
        "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}",
    ]  # fmt: skip
    own = dict.fromkeys(("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"), str(folder))
    environment = {**os.environ, **own, "PYTHONPATH": str(Course.here().root)}
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, cwd=folder, env=environment, stdout=quiet, stderr=quiet)
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=Retry(connect=12, backoff_factor=0.1)))

    def get(page: str) -> requests.Response:
        answer = session.get(f"http://127.0.0.1:{port}/formgrader/{page}", timeout=120)
        answer.raise_for_status()
        return answer

    try:
        get("api/assignments")
        yield get
    finally:
        server.terminate()
        server.wait()
