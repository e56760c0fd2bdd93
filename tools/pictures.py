"""`make pictures`: what people see, as pictures in docs/images/, taken with Chromium of a graded class.

    python -m tools.pictures [COURSE]

COURSE is a graded course folder, `demo/` by default (`make demo` fills it).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from PIL import Image, ImageChops
from playwright.sync_api import sync_playwright

from autograder.bridge.student import Student
from autograder.bridge.transport import LocalTransport
from autograder.checks.display import as_html
from autograder.checks.places import folder_of, sample_answers
from autograder.checks.registry import reference_names, registries
from autograder.checks.runner import CheckSession

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
ASSIGNMENT = "01-convolution"
MARGIN = 24
TASK = "same-padding"
TEXT_TASK, QUALITY = "why-convolution", "half"
STUDENT = "symmetric"  # of the sample class: pads both sides alike
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--force-device-scale-factor=1",
)
CELL = """<!doctype html><meta charset="utf-8"><body style="margin:24px;background:{paper};color:{ink};
font:14px system-ui,sans-serif"><pre style="margin:0 0 12px;padding:8px 12px;border:1px solid {line};background:{panel}"
><span style="color:{ink}">check("{task}")</span></pre>{table}</body>"""
LIGHT = {"paper": "#fff", "ink": "#1c2126", "line": "#e0e0e0", "panel": "#f7f7f7"}


def browser() -> str:
    """The first Chromium there is. Raises FileNotFoundError if there is none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise FileNotFoundError("There is no Chromium on this machine.")
    return found


def chromium(page: Path, *options: str) -> str:
    """Opens a page without a window, with a profile that is thrown away; returns what Chromium printed."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        done = subprocess.run(
            [browser(), *OPTIONS, f"--user-data-dir={profile}", *options, page.as_uri()],
            capture_output=True, text=True, timeout=120, check=True, stdin=subprocess.DEVNULL,
        )
    return done.stdout


def picture(page: Path, target: Path, width: int, height: int) -> None:
    """A picture of the top of a page, without the empty space below it."""
    chromium(page, f"--window-size={width},{height}", f"--screenshot={target}")
    with Image.open(target) as image:
        plain = image.convert("RGB")
    empty = Image.new("RGB", plain.size, plain.getpixel((0, 0)))
    drawn = ImageChops.difference(plain, empty).getbbox() or (0, 0, width, height)
    plain = plain.crop((0, 0, width, min(drawn[3] + MARGIN, height)))
    plain.save(target, optimize=True)


def check_page(task: str, misconception: str, colours: dict[str, str]) -> str:
    """A notebook's cell with the table that `check` shows for a misconception of a task."""
    names = dict(reference_names(task))
    for registry in registries(task).values():
        known = {one.id: one for one in registry}
        if misconception in known:
            names.update(registry.names(known[misconception].around(registry.reference)))
    tests = CheckSession(ASSIGNMENT, parts=("public",)).run(task, Student(LocalTransport(names)), parts=("public",))
    return CELL.format(task=task, table=as_html(task, tests), **colours)


def excerpt(page: str, task: str) -> str:
    """A student's page with its head and one task."""
    soup = BeautifulSoup(page, "html.parser")
    for part in soup.select("main > *"):
        heading = part.find("h2")
        if "task" not in part.get("class", ()) or heading is None or task not in heading.get_text().split():
            part.decompose()
    return str(soup)


@contextmanager
def desk(course: Path) -> Iterator[str]:
    """The address, with its token, of a desk that is opened on a graded class by its command."""
    command = [sys.executable, "-m", "autograder.cli", "desk", "--no-browser", "--course", str(course)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        try:
            yield next(word for word in said.split() if word.startswith("http"))
        finally:
            process.terminate()


def grading_by_hand(course: Path, target: Path) -> None:
    """A picture of an answer of middling quality that waits for a person, as the desk shows it."""
    _, text = sample_answers(folder_of(TEXT_TASK))[QUALITY]
    words = " ".join(text.split())[:40]
    with desk(course) as address, sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        page = chrome.new_page(viewport={"width": 1200, "height": 760})
        page.goto(address)
        page.wait_for_url(lambda url: "token=" not in url)
        page.get_by_role("link", name="By hand").click()
        page.get_by_role("link", name=TEXT_TASK).first.click()
        links = page.get_by_role("link", name=re.compile(r"^Answer \d+$")).all()
        for address in [urljoin(page.url, link.get_attribute("href") or "") for link in links]:
            page.goto(address)
            if words in page.locator(".the-answer").inner_text():
                break
        page.screenshot(path=target)
        chrome.close()


def main(course: Path) -> int:
    feedback = course / "feedback" / STUDENT / ASSIGNMENT / f"{ASSIGNMENT}.html"
    report = course / "reports" / f"{ASSIGNMENT}.html"
    if not (feedback.is_file() and report.is_file()):
        print(f"There is no graded class with feedback in {course}; run `make demo` first.", file=sys.stderr)
        return 2
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "check.html"
        page.write_text(check_page(TASK, "symmetric-same-padding", LIGHT), encoding="utf-8")
        picture(page, IMAGES / "check.png", 900, 1000)
        page.write_text(excerpt(feedback.read_text(encoding="utf-8"), TASK), encoding="utf-8")
        picture(page, IMAGES / "feedback.png", 1200, 860)
    picture(report.resolve(), IMAGES / "class.png", 1200, 1400)
    grading_by_hand(course.resolve(), IMAGES / "desk.png")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "demo")))
