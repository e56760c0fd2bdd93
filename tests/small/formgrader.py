"""nbgrader's formgrader in a Jupyter server of its own, and somebody who grades in it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from jupyter_server.auth.identity import IdentityProvider, User
from requests.adapters import HTTPAdapter, Retry

from autograder.course import Course

Browse = Callable[..., requests.Response]
AS = "X-As"


class ByHeader(IdentityProvider):
    """Takes whoever the request says for who makes it, as a hub's proxy would after a login."""

    def get_user(self, handler: Any) -> User:
        name = handler.request.headers.get(AS, "nobody")
        return User(username=name, name=name)


@contextmanager
def formgrader(folder: Path, home: Path, *options: str, **environment: str) -> Iterator[Browse]:
    """A server that is started in a course folder; a function that asks it for a path."""
    own = dict.fromkeys(
        ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"), str(home)
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", f"--port={port}", "--ip=127.0.0.1",
        "--ServerApp.port_retries=0", "--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True",
        "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}", *options,
    ]  # fmt: skip
    variables = {**os.environ, **own, "PYTHONPATH": str(Course.here().root), **environment}
    with subprocess.Popen(command, cwd=folder, env=variables, stderr=subprocess.PIPE, text=True) as server:
        session = requests.Session()
        session.mount("http://", HTTPAdapter(max_retries=Retry(connect=8, backoff_factor=0.1)))

        def ask(path: str, method: str = "GET", **request: Any) -> requests.Response:
            return session.request(method, f"http://127.0.0.1:{port}{path}", timeout=60, **request)

        try:
            said = _until(server, "is running at")
            assert "formgrader nbgrader serverextension" in said, said
            # A server that logs into a pipe that nobody reads stands still once that is full.
            reader = threading.Thread(target=_read_on, args=[server])
            reader.start()
            yield ask
        finally:
            server.terminate()
            server.wait(timeout=20)
        reader.join()


def _read_on(server: subprocess.Popen[str]) -> None:
    """Reads what the server says, until it ends."""
    while server.stderr and server.stderr.readline():
        continue


def _until(server: subprocess.Popen[str], words: str) -> str:
    """What the server says until it is ready."""
    said = ""
    while line := server.stderr.readline() if server.stderr else "":
        said += line
        if words in line:
            break
    return said


def give(
    browse: Browse, notebook: str, task: str, points: float | None, *, alone: bool = True, **headers: str
) -> None:
    """Gives points for a task of a submitted notebook, by its id in the gradebook, as the formgrader's page does.

    alone: whether nobody else gives any for it just then; otherwise the server may answer with what they gave."""
    grades = browse("/formgrader/api/grades", params={"submission_id": notebook}).json()
    grade = next(one for one in grades if one["name"] == task)
    data = json.dumps({"manual_score": points, "extra_credit": None})
    said = browse(f"/formgrader/api/grade/{grade['id']}", "PUT", data=data, headers=headers)
    assert said.status_code == 200 and (not alone or said.json()["manual_score"] == points), said.text


def comment(browse: Browse, notebook: str, task: str, text: str, **headers: str) -> None:
    """Comments on a task of a submitted notebook in the same way."""
    comments = browse("/formgrader/api/comments", params={"submission_id": notebook}).json()
    found = next(one for one in comments if one["name"] == task)
    data = json.dumps({"manual_comment": text})
    said = browse(f"/formgrader/api/comment/{found['id']}", "PUT", data=data, headers=headers)
    assert said.status_code == 200, said.text
