"""The command: where the desk is, how it ends, and what it says where it cannot be opened."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
import requests

from autograder.course import ROOT_VARIABLE

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def desk(root: Path, *options: str, **environment: str) -> subprocess.Popen[str]:
    """The command, started in a course's folder."""
    variables = {**os.environ, ROOT_VARIABLE: str(root), "PYTHONUNBUFFERED": "1", **environment}
    command = [sys.executable, "-m", "autograder.cli", "desk", *options]
    return subprocess.Popen(
        command, cwd=root, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.PIPE,
        text=True, preexec_fn=heeding_signals,
    )  # fmt: skip


def heeding_signals() -> None:
    """A shell or nohup may have them ignored, and what is started inherits that."""
    for number in STOPS:
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[None]:
    """A test that fails does not wait for a command that goes on."""
    try:
        yield
    finally:
        process.kill()


def refusal(root: Path, *options: str, code: int) -> str:
    """What the command says that could not open the desk."""
    done = desk(root, *options)
    out, said = done.communicate(timeout=60)
    assert (done.returncode, out) == (code, ""), said
    assert said.startswith("autograder: ") and said.count("\n") == 1 and "Traceback" not in said
    return said


@pytest.mark.parametrize("number", STOPS)
def test_it_says_where_it_is_and_ends_by_a_signal(root: Path, tmp_path: Path, number: int) -> None:
    """A browser is sent there by a file that its owner alone may read: its command line everybody can."""
    opened, temporary = tmp_path / "opened", tmp_path / "temporary"
    temporary.mkdir()
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho "$1" > {opened}.new && mv {opened}.new {opened}\n')
    script.chmod(0o755)
    with desk(root, BROWSER=f"{script} %s", DISPLAY=":0", TMPDIR=str(temporary)) as process, ended(process):
        assert process.stdout is not None and process.stderr is not None
        told = process.stdout.readline()
        address = re.fullmatch(r"The desk is open: (http://127\.0\.0\.1:\d+/[\w-]+/\?token=([\w-]+))\n", told)
        assert address, told
        session = requests.Session()
        session.get(address[1], timeout=30)
        assert "By hand" in session.get(address[1].split("?")[0], timeout=30).text
        sent = next(iter(temporary.glob("autograder-desk-*.html")))
        assert stat.S_IMODE(sent.stat().st_mode) == 0o600 and address[2] in sent.read_text()
        assert address[2] not in Path(f"/proc/{process.pid}/cmdline").read_text()
        process.send_signal(number)
        rest, said = process.communicate(timeout=60)
        assert process.returncode == 130 and rest == ""
        assert said == "autograder: The desk is closed; what was graded is in the gradebook.\n"
    assert address[2] not in opened.read_text() and opened.read_text().strip() == sent.as_uri()
    assert not sent.exists()


def test_it_says_in_a_sentence_why_it_cannot_be_opened(root: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"Another program has port {port}" in refusal(root, "--port", port, code=2)
    assert "give their passwords" in refusal(root, "--host", "0.0.0.0", code=2)
    assert "no address of this machine" in refusal(root, "--host", "no.such.host.invalid", "--password-file",
                                                   str(passwords(root, tmp_path)), code=2)
    (root / "gradebook.db").rename(tmp_path / "kept.db")
    assert "There is no gradebook" in refusal(root, code=1)
    (root / "gradebook.db").write_text("no database at all, but long enough to be looked at" * 50)
    assert "could not be opened" in refusal(root, code=1)


def test_it_may_have_a_unix_socket_in_place_of_a_port(root: Path, tmp_path: Path) -> None:
    """As a web server beside it would ask. The socket that a killed desk left is taken over, another program's is
    not, and it goes with the desk."""
    at, file = tmp_path / "socket", passwords(root, tmp_path)
    assert "give their passwords" in refusal(root, "--socket", str(at), code=2)
    assert "in place of --port" in refusal(root, "--socket", str(at), "--port", "8200", code=2)
    with desk(root, "--socket", str(at), "--password-file", str(file)) as process, ended(process):
        assert process.stdout is not None and process.stdout.readline() == f"The desk is open: {at}\n"
        assert at.is_socket()
        assert "Another program has" in refusal(root, "--socket", str(at), "--password-file", str(file), code=2)
        process.kill()
        process.wait()
    assert at.is_socket()
    with desk(root, "--socket", str(at), "--password-file", str(file)) as process, ended(process):
        assert process.stdout is not None and process.stdout.readline() == f"The desk is open: {at}\n"
        assert asked(at, "GET", "/by-hand").headers["Location"] == "/sign-in"
        signed_in = asked(at, "POST", "/sign-in", "name=grace&password=a+long+password")
        cookie, *properties = signed_in.headers["Set-Cookie"].split("; ")
        assert signed_in.status == 303 and "Secure" in properties
        assert b"By hand" in asked(at, "GET", "/by-hand", Cookie=cookie).read()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        assert process.returncode == 130
    assert not at.exists()
    at.write_text("a file of somebody's")
    assert "is no socket" in refusal(root, "--socket", str(at), "--password-file", str(file), code=2)
    nowhere = str(tmp_path / "missing" / "socket")
    assert "There can be no socket" in refusal(root, "--socket", nowhere, "--password-file", str(file), code=2)


def asked(at: Path, method: str, path: str, form: str | None = None, **headers: str) -> HTTPResponse:
    """The answer at a Unix socket to what a web server with HTTPS passes on."""
    connection = HTTPConnection("desk.test")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(at))
    passed_on = {"Origin": "https://desk.test", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    connection.request(method, path, form, {**passed_on, **kind, **headers, "Connection": "close"})
    return connection.getresponse()


def passwords(root: Path, folder: Path) -> Path:
    """A password file that the command has written."""
    path = folder / "graders"
    done = desk(root, "--password-file", str(path), "--add-grader", "grace")
    out, said = done.communicate("a long password\n", timeout=60)
    assert done.returncode == 0, said
    assert out.startswith("grace is noted") and "a long" not in path.read_text()
    return path
