"""Seconds that a class of text answers takes to grade by keys, at the desk and in nbgrader's formgrader.

Nobody reads here: it is what the pages take, as a person waits for it, who would press the keys as fast as they may.
"""

from __future__ import annotations

import time
from pathlib import Path

from nbgrader.api import Gradebook
from playwright.sync_api import Page, expect, sync_playwright

from tests.bench.grading import temporary
from tests.bench.table import Measured, print_table
from tests.desk.classes import ANSWERS, NAME, TASK, make_class
from tests.desk.serving import served
from tests.small.formgrader import formgrader
from tools.pictures import browser as installed

SIZE = 60


def by_keys(size: int = SIZE) -> None:
    """Seconds for each answer: two items and the next; in the formgrader the points and the next submission."""
    answers = {f"s{number:03}": f"{ANSWERS[number % len(ANSWERS)]} ({number})" for number in range(size)}
    with temporary() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=["--no-sandbox"])
        make_class(folder / "class", answers)
        with formgrader(folder / "class", folder / "home") as ask:
            theirs = _formgrader(browser.new_page(), folder / "class", ask("/formgrader/").url, size)
        with served(folder / "class") as desk:
            page = browser.new_page()
            page.goto(desk.address)
            page.wait_for_url(lambda url: "token=" not in url)
            page.goto(desk.at(f"/by-hand/{NAME}/{TASK}/answers/{_first(page, desk.at(f'/by-hand/{NAME}/{TASK}'))}"))
            ours = _desk(page, size)
        browser.close()
    print_table(f"A class of {size} text answers graded by keys, seconds for an answer", [theirs, ours], peer=theirs)


def _first(page: Page, address: str) -> str:
    page.goto(address)
    link = page.get_by_role("link", name="Answer 1", exact=True).get_attribute("href") or ""
    return link.rsplit("/", 1)[1]


def _desk(page: Page, size: int) -> Measured:
    row = Measured("autograder desk")
    for number in range(1, size + 1):
        started = time.perf_counter()
        page.keyboard.press("0" if number % 5 == 0 else "1")
        page.keyboard.press("2")
        if number < size:
            page.keyboard.press("j")
            expect(page.locator("#answer-title")).to_contain_text(f"{number + 1} of {size}", timeout=60_000)
        else:
            expect(page.locator("#saved")).to_have_text("Saved.")
        row.add(time.perf_counter() - started)
    return row


def _formgrader(page: Page, root: Path, address: str, size: int) -> Measured:
    row = Measured("nbgrader's formgrader")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "cnn") as book:
        ids = [one.id for one in book.notebook_submissions(NAME, NAME)]
    base = address.split("/formgrader")[0]
    for id in ids[:size]:
        started = time.perf_counter()
        with page.expect_response(lambda answer: "/api/comments" in answer.url):  # what its page asks for last
            page.goto(f"{base}/formgrader/submissions/{id}/")  # where its own link to the next one leads
        field = page.locator("input.score:not([disabled])").first
        field.fill("3", timeout=60_000)
        with page.expect_response(lambda answer: "/api/grade/" in answer.url):
            field.press("Tab")
        row.add(time.perf_counter() - started)
    return row
