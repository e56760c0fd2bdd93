"""A class with a real gradebook, the desk served for real on a free port, and a real browser at it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.desk.classes import make_class
from tests.desk.serving import Served, served
from tools.pictures import browser as installed

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graded class, made once, to be copied and not to be changed."""
    root = tmp_path_factory.mktemp("pattern") / "class"
    make_class(root)
    return root


def copied(pattern: Path, root: Path) -> Path:
    """A class's folder, copied to another place."""
    return Path(shutil.copytree(pattern, root))


@pytest.fixture
def root(pattern: Path, tmp_path: Path) -> Path:
    """A graded class of the test's own."""
    return copied(pattern, tmp_path / "class")


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


def nothing_is_amiss(page: Page, address: str) -> None:
    """Passes where axe finds nothing on the page at that address, and on a phone nothing is cut off."""
    page.goto(address)
    page.get_by_role("heading", level=1).wait_for()
    assert findings(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
