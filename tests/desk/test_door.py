"""Who gets in at the desk, and what a page of it may do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from autograder.course import UsageError
from autograder.desk import graders
from autograder.desk.door import COOKIE, POLICY
from tests.desk.serving import Served, served

PAGES = ("/", "/by-hand", "/by-hand/00-small/why", "/by-hand/00-small/why/next", "/nothing")


def test_nobody_gets_in_without_the_token(desk: Served) -> None:
    """A student on the same machine, who can ask any port of it."""
    port = desk.address.split(":")[2].split("/")[0]
    for path in PAGES:
        said = requests.get(desk.at(path), timeout=30, allow_redirects=False)
        assert said.status_code == 403 and "set-cookie" not in said.headers, path
        assert "s000" not in said.text and "00-small" not in said.text
        assert requests.get(f"http://127.0.0.1:{port}{path}", timeout=30).status_code == 403, path
    for token in ("", "x", desk.door.token[:-1], desk.door.token + "x", "é"):
        assert requests.get(desk.at("/"), params={"token": token}, timeout=30).status_code == 403
    for cookie in ("", desk.door.token, "x"):
        assert requests.get(desk.at("/by-hand"), cookies={COOKIE: cookie}, timeout=30).status_code == 403


def test_the_token_gives_a_cookie_that_goes_nowhere_else(desk: Served) -> None:
    said = requests.get(desk.address, timeout=30)
    cookie = said.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and f"Path={desk.door.below}" in cookie
    assert desk.door.token not in cookie and len(desk.door.below) > 16 and len(desk.door.token) > 40
    assert desk.door.token not in said.text
    assert desk.session().get(desk.at("/by-hand"), timeout=30).status_code == 200


def test_what_is_answered_may_run_and_keep_nothing(desk: Served) -> None:
    session = desk.session()
    for path in ("/by-hand", "/by-hand/00-small/why", "/nothing"):
        headers = session.get(desk.at(path), timeout=30).headers
        assert headers["content-security-policy"] == POLICY and headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff" and "server" not in headers
    assert "unsafe" not in POLICY and "http" not in POLICY


def test_it_answers_to_its_own_name_alone(desk: Served) -> None:
    """A page that has its own name lead to this machine (DNS rebinding) asks by that name."""
    cookie = "; ".join(f"{one.name}={one.value}" for one in desk.session().cookies)
    for host in ("evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example"):
        asked = {"Host": host, "Cookie": cookie}
        assert requests.get(desk.at("/by-hand"), headers=asked, timeout=30).status_code == 421
    assert requests.get(desk.at("/by-hand"), headers={"Cookie": cookie}, timeout=30).status_code == 200
    assert requests.get(desk.address.replace("127.0.0.1", "localhost"), timeout=30).status_code == 200


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"}, {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
])  # fmt: skip
def test_nothing_is_changed_for_another_page(desk: Served, headers: dict[str, str]) -> None:
    session = desk.session()
    undo = desk.at("/by-hand/00-small/why/undo")
    assert "nothing that another page asks for" in session.post(undo, headers=headers, timeout=30).text
    assert session.post(undo, timeout=30).status_code == 409  # from its own page: there is nothing to undo


@pytest.fixture
def with_passwords(root: Path, tmp_path: Path) -> Iterator[Served]:
    graders.add(tmp_path / "graders", "grace", "a long password")
    graders.add(tmp_path / "graders", "alan", "another password")
    with served(root, dict(graders.read(tmp_path / "graders"))) as found:
        yield found


def test_graders_sign_in_by_their_passwords(with_passwords: Served) -> None:
    desk, session = with_passwords, requests.Session()
    session.headers["Origin"] = desk.base
    assert session.get(desk.at("/by-hand"), timeout=30).url == desk.at("/sign-in")
    for name, password in (("grace", "another password"), ("nobody", "a long password"), ("", "")):
        said = session.post(desk.at("/sign-in"), {"name": name, "password": password}, timeout=30)
        assert said.status_code == 403 and "not the password" in said.text and "By hand</a>" not in said.text
    said = session.post(desk.at("/sign-in"), {"name": "grace", "password": "a long password"}, timeout=30)
    assert said.url.startswith(desk.at("/class/")) and "<bdi>grace</bdi>" in said.text
    session.post(desk.at("/sign-out"), timeout=30)
    assert session.get(desk.at("/by-hand"), timeout=30).url == desk.at("/sign-in")
    assert requests.get(desk.at("/by-hand"), timeout=30, cookies={COOKIE: "x"}).url == desk.at("/sign-in")


def test_the_password_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "graders"
    graders.add(path, "grace", "a long password")
    assert path.stat().st_mode & 0o777 == 0o600 and "a long password" not in path.read_text()
    graders.add(path, "grace", "a newer password")
    assert graders.is_right(graders.read(path), "grace", "a newer password")
    assert not graders.is_right(graders.read(path), "grace", "a long password")
    path.chmod(0o640)
    with pytest.raises(UsageError, match="Others may read"):
        graders.read(path)
    path.chmod(0o600)
    path.write_text("grace:a newer password\n")
    with pytest.raises(UsageError, match="Line 1"):
        graders.read(path)
    path.write_text("")
    with pytest.raises(UsageError, match="is empty"):
        graders.read(path)
    with pytest.raises(UsageError, match="There is no password file"):
        graders.read(tmp_path / "none")
    for name, password in (("a b", "a long password"), ("grace", "short")):
        with pytest.raises(UsageError):
            graders.add(tmp_path / "others", name, password)
