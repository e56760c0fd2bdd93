"""A class with a real gradebook, the desk served for real on a free port, and a real browser at it."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import axe_playwright_python
import pytest
import requests
from playwright.sync_api import Browser, Page, sync_playwright

from autograder.course import Course
from autograder.desk.desk import Desk
from autograder.desk.door import Door
from autograder.desk.serve import LOOPBACK, address_of, door_at, listening, server_of
from tests.desk.classes import make_class
from tests.small.courses import at_home
from tools.pictures import browser as installed

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATIENCE_MS = 20_000


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
    with at_home(root), listening(LOOPBACK, 0) as sock:
        port = sock.getsockname()[1]
        door = door_at(LOOPBACK, port, passwords or {})
        server = server_of(Desk.of(root, Course(root)), door)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        try:
            yield Served(root, door, address_of(door, LOOPBACK, port))
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graded class, made once, to be copied and not to be changed."""
    root = tmp_path_factory.mktemp("pattern") / "class"
    make_class(root)
    return root


@pytest.fixture
def root(pattern: Path, tmp_path: Path) -> Path:
    """A graded class of the test's own."""
    return Path(shutil.copytree(pattern, tmp_path / "class"))


@pytest.fixture
def desk(root: Path) -> Iterator[Served]:
    """The desk of that class, open."""
    with served(root) as open_desk:
        yield open_desk


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The distribution's Chromium. Of a module, since Playwright has the thread's event loop for as long as it runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=["--no-sandbox"])
        yield browser
        browser.close()


Open = Callable[..., Page]


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Open]:
    """Opens a page in a window of its own; an error of a script or a refusal of the policy fails the test."""
    contexts, complaints = [], []

    def open_(address: str, **options: object) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(address)
        page.wait_for_url(lambda url: "token=" not in url)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def findings(page: Page) -> list[str]:
    """What axe finds amiss on a page, as sentences."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(f"async () => (await axe.run({{runOnly: {json.dumps(TAGS)}}})).violations")
    return [f"{one['id']}: {node['html'][:200]} {node['failureSummary']}" for one in found for node in one["nodes"]]
